"""Recipients who move while a message is held: its due instant is computed anew in the new zone (cs-release-recheck,
and cf-window for Centrelink's messages)."""

from sim.audit.codes import Event, Reason
from sim.audit.log import Log
from sim.audit.verdicts import Tally
from sim.audit.windows import Window, prepare_holds


def judge_zone_changes(log: Log, tally: Tally, scope: str, planned: str = "FALSE", planned_due: str = "NULL") -> None:
    """While it is held, the due instant of an SMS of `scope` (SQL on ``holds``) follows the recipient's zone. What is
    `planned` (SQL) for a time of day of its own is due at `planned_due` (SQL on base, changed and new_zone)."""
    window = Window.of(log)
    prepare_holds(log)
    for row in log.records(_zone_changes(window, scope, planned, planned_due)):
        if row["finding"] == "no change":
            why = f"Held again on {row['local']} local time although the zone on record did not change."
        else:
            why = f"Not due anew when the zone on record changed to {row['new_zone']} on {row['local']} local time."
        tally.breach(row["customer_id"], [row["message_id"]], why, row["at_ms"], [row["seq"]], row["run_id"])


def _zone_changes(window: Window, scope: str, planned: str, planned_due: str) -> str:
    """SQL: holds without a cause, and changes of zone that a hold did not follow."""

    def due_at(days: int) -> str:
        """SQL: the new due instant is the opening `days` local days after the hold, or the change if that is later."""
        opening = f"instant_at(local_day(base, new_zone) + {days}, {window.opens}, new_zone)"
        return (
            f"(due_after >= greatest(changed, {opening}) "
            f"AND due_after <= greatest(changed, {opening} + {window.spread}))"
        )

    before_opening = due_at(0 if window.release == "next_opening" else 1)
    any_opening = window.due_is("due_after", "local_day(due_after, new_zone)", "new_zone")
    right = f"""CASE WHEN {planned} AND base_step = 0 THEN due_after = {planned_due}
        WHEN base_limited THEN {any_opening} OR due_after = changed
        WHEN base_tod >= {window.closes} THEN {due_at(1)}
        WHEN base_tod < {window.opens} THEN {before_opening}
        ELSE {due_at(1)} OR due_after = changed END"""
    return f"""
        WITH changes AS (
            SELECT f.run_id, f.customer_id, f.from_ms AS changed, f.seq AS change_seq, zones.name AS new_zone,
                lag(zones.name) OVER (PARTITION BY f.run_id, f.customer_id ORDER BY f.from_ms) AS old_zone
            FROM facts AS f JOIN zones ON zones.code = f.value WHERE f.fact = 'zone'
        ), moves AS (
            SELECT * FROM changes WHERE old_zone <> new_zone
        ), anchored AS (
            -- The hold that counts is the last one with a reason of its own; the issue is the first.
            SELECT *, lead(due) OVER life AS lead_due,
                last_value(CASE WHEN step = 0 OR reasons > 0 THEN time END IGNORE NULLS) OVER life AS base,
                last_value(CASE WHEN step = 0 OR reasons > 0 THEN step END IGNORE NULLS) OVER life AS base_step,
                last_value(CASE WHEN step = 0 OR reasons > 0 THEN reasons & {Reason.DAILY_LIMIT} > 0 END IGNORE NULLS)
                    OVER life AS base_limited
            FROM holds WHERE {scope} WINDOW life AS (PARTITION BY run_id, message ORDER BY step)
        ), followed AS (
            SELECT a.*, moves.changed, moves.new_zone, moves.change_seq,
                time_of_day(a.base, moves.new_zone) AS base_tod,
                CASE WHEN a.next_event = {Event.HELD_AGAIN} AND a.next_time = moves.changed AND a.next_reasons = 0
                    THEN lead_due ELSE a.due END AS due_after
            FROM anchored AS a
            JOIN moves ON moves.run_id = a.run_id AND moves.customer_id = a.customer_id
                AND moves.changed >= a.time AND moves.changed < a.due AND moves.changed <= coalesce(a.next_time, a.due)
                AND moves.change_seq > a.seq
        )
        SELECT 'not anew' AS finding, run_id, message_id, customer_id, changed AS at_ms, change_seq AS seq, new_zone,
            local_text(changed, new_zone) AS local
        FROM followed WHERE channel = 'sms' AND NOT ({right})
        UNION ALL
        SELECT 'no change', h.run_id, h.message_id, h.customer_id, h.time, h.seq, h.zone, local_text(h.time, h.zone)
        FROM holds AS h ANTI JOIN moves ON moves.run_id = h.run_id AND moves.customer_id = h.customer_id
            AND moves.changed = h.time
        WHERE h.event = {Event.HELD_AGAIN} AND h.reasons = 0 AND {scope}
        ORDER BY run_id, at_ms, seq
    """
