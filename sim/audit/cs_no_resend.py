"""cs-no-resend: while a message is not yet in Cuba's list it is not sent again (same customer, same template).

A case is an issued desktop message of which an earlier one, to the same customer with the same template, was issued
and not withdrawn by then. A breach when any such earlier message was not yet viewable in Cuba at the issue (viewable
at that very millisecond is in the list), be it held, waiting or just sent. The rule has no other side: nobody refuses
in its name.

It is judged on a foreign log too, where `template` and `viewable_at` are given; with less resolution than the
comparison needs, or where the earlier message was withdrawn and such a log does not say when, the case is unjudged.
"""

from sim.audit.codes import EVER
from sim.audit.log import Log
from sim.audit.verdicts import RuleAudit, Tally

RULE = "cs-no-resend"
ENFORCED_BY = "procedure"
CLAUSE = "EM, View details"

_AGAIN = f"""
    SELECT l.run_id, l.message_id, l.customer_id, l.issued_ms, l.row_id, e.message_id AS earlier,
        local_text(l.issued_ms, l.issued_zone) AS local, l.template,
        -- Where times are truncated, issued in [i, i + res) and viewable in [v, v + res') may stand in either order.
        -- A foreign log may not say when the earlier message was withdrawn.
        coalesce(e.viewable_ms, {EVER}) - l.issued_ms >= l.issued_res
            AND (e.outcome <> 'withdrawn' OR e.withdrawn_ms IS NOT NULL) AS barred,
        coalesce(e.viewable_ms, {EVER}) - l.issued_ms > 1 - coalesce(e.viewable_res, 1) AS perhaps_barred
    FROM messages AS l JOIN messages AS e ON e.run_id = l.run_id AND e.customer_id = l.customer_id
        AND e.template = l.template AND e.system = l.system AND (e.issued_ms, e.row_id) < (l.issued_ms, l.row_id)
    WHERE e.message_id <> l.message_id AND l.system = 'pluto'
        AND l.channel = 'sms' AND l.accepted AND e.channel = 'sms' AND e.accepted
        AND (e.withdrawn_ms IS NULL OR e.withdrawn_ms > l.issued_ms)
"""
_UNTOLD = "whether the earlier message stood in the list cannot be told from the times given"


def audit(log: Log) -> RuleAudit:
    """Judge the rule on every issued desktop message that repeats an earlier one."""
    tally = Tally(log, RULE, ENFORCED_BY)
    absent = [name for name in ("template", "viewable_at") if not log.has_events and name not in log.columns]
    if absent:
        if log.number("SELECT count(*) FROM messages WHERE system = 'pluto' AND accepted"):
            tally.missing(f"the log has no {' and no '.join(absent)}")
        return tally.close()
    rows = log.records(f"""
        SELECT run_id, message_id, customer_id, issued_ms, row_id, any_value(local) AS local,
            any_value(template) AS template, bool_or(barred) AS barred, bool_or(perhaps_barred) AS perhaps_barred,
            arg_max(earlier, (barred, perhaps_barred)) AS earlier
        FROM ({_AGAIN}) GROUP BY run_id, message_id, customer_id, issued_ms, row_id ORDER BY run_id, issued_ms, row_id
    """)
    for row in rows:
        if row["perhaps_barred"] and not row["barred"]:
            tally.leave(row["run_id"], 1, _UNTOLD)
            continue
        tally.judged(row["run_id"])
        if row["barred"]:
            tally.breach(
                row["customer_id"],
                [row["message_id"], row["earlier"]],
                f"{row['template']} was sent again to customer {row['customer_id']} on {row['local']} (local) while "
                f"message {row['earlier']} was not yet in Cuba's list.",
                row["issued_ms"],
                [],
                row["run_id"],
            )
    return tally.close()
