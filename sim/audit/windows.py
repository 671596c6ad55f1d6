"""The send window of policy.md B as SQL, and the holds of a run: what cs-send-window and cs-window-at-gateway share."""

from typing import NamedTuple

from sim.audit.codes import DAY, EVER, MINUTE, Event
from sim.audit.log import Log


class Window(NamedTuple):
    """The values of the window. Times of day are ms since local midnight; the spread is ms."""

    opens: int
    closes: int
    release: str
    spread: int

    @classmethod
    def of(cls, log: Log) -> "Window":
        """The window of the log's policy."""
        return cls(
            log.time_of_day("cs-send-window.opens"),
            log.time_of_day("cs-send-window.closes"),
            str(log.value("cs-send-window.release")),
            int(log.value("cs-send-window.release_spread_minutes")) * MINUTE,
        )

    def inside(self, name: str) -> str:
        """SQL: TRUE when the whole of [`name`_tod, + `name`_res) lies inside the window, FALSE when all of it lies
        outside, NULL when the resolution does not tell."""
        first, last = f"{name}_tod", f"({name}_tod + {name}_res - 1)"
        return (
            f"CASE WHEN {first} >= {self.opens} AND {last} < {self.closes} THEN TRUE "
            f"WHEN {last} < {self.opens} OR ({first} >= {self.closes} AND {last} < {DAY + self.opens}) THEN FALSE END"
        )

    def release_day(self, day: str, tod: str) -> str:
        """SQL: the local day on which a message goes that was issued outside the window on `day` at `tod`."""
        if self.release == "next_opening":
            return f"CAST({day} + CASE WHEN {tod} < {self.opens} THEN 0 ELSE 1 END AS DATE)"
        return f"CAST({day} + 1 AS DATE)"

    def due_is(self, due: str, day: str, zone: str, slack: str = "1") -> str:
        """SQL: `due` (ms) is an opening of the local day `day`, spread included; `slack` is its resolution."""
        opening = f"instant_at({day}, {self.opens}, {zone})"
        return f"({due} + {slack} > {opening} AND {due} <= {opening} + {self.spread})"


def prepare_holds(log: Log) -> None:
    """Make the table ``holds`` of a run, a row for each time that a message was given a due instant.

    run_id, message, row_id, message_id, customer_id, system, channel, kind, step (0 for the issue), seq, time, event,
    reasons, due, zone (on record at that instant), day and tod of `time`; next_time, next_event, next_seq and
    next_reasons (what happened to it next: HELD_AGAIN, HANDED_OVER or WITHDRAWN; NULL when nothing did), next_zone (on
    record then, or at the end).
    """
    if log.has_table("holds"):
        return
    ends = f"{Event.HELD_AGAIN}, {Event.WITHDRAWN}, {Event.HANDED_OVER}, {Event.ARRIVED}"
    log.db.execute(f"""
        CREATE TEMP TABLE holds AS
        WITH steps AS (
            SELECT e.run_id, e.message, m.row_id, m.message_id, m.customer_id, m.system, m.channel, m.kind,
                e.seq, e.time, e.event, e.reasons, e.value AS due,
                row_number() OVER life - 1 AS step,
                lead(e.time) OVER life AS next_time, lead(e.event) OVER life AS next_event,
                lead(e.seq) OVER life AS next_seq, lead(e.reasons) OVER life AS next_reasons
            FROM events AS e JOIN messages AS m ON m.run_id = e.run_id AND m.message = e.message
            WHERE e.event IN ({Event.ISSUED}, {ends})
            WINDOW life AS (PARTITION BY e.run_id, e.message ORDER BY e.seq)
        ), named AS (
            SELECT steps.*, zones.name AS zone FROM steps
            ASOF LEFT JOIN (SELECT * FROM facts WHERE fact = 'zone') AS f
            ON steps.run_id = f.run_id AND steps.customer_id = f.customer_id AND steps.time >= f.from_ms
            LEFT JOIN zones ON zones.code = f.value
            WHERE event IN ({Event.ISSUED}, {Event.HELD_AGAIN})
        ), moved AS (
            SELECT named.*, coalesce(zones.name, named.zone) AS next_zone FROM named
            ASOF LEFT JOIN (SELECT * FROM facts WHERE fact = 'zone') AS f
            ON named.run_id = f.run_id AND named.customer_id = f.customer_id
                AND coalesce(next_time, {EVER}) >= f.from_ms
            LEFT JOIN zones ON zones.code = f.value
        )
        SELECT *, local_day(time, zone) AS day, time_of_day(time, zone) AS tod FROM moved ORDER BY run_id, message, step
    """)
