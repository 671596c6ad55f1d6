"""What a foreign log is like, so that its reader knows how far its verdicts reach: `profile`."""

from typing import TYPE_CHECKING, Any

from sim.audit.codes import DAY, MINUTE, SECOND
from sim.audit.verdicts import utc_text

if TYPE_CHECKING:
    from sim.audit.log import Log
    from sim.audit.verdicts import Audit

GAPS_CAP = 20
"""How many gaps are listed: the longest ones, in order of time."""

_RESOLUTIONS = {1: "milliseconds", SECOND: "seconds", MINUTE: "minutes", DAY: "days"}


def profile(log: "Log", audit: "Audit") -> dict[str, Any]:
    """The quality of a messages table and what it left unjudged, as plain data for JSON.

    ``rows``, ``customers``; ``span`` (``from``, ``to``: ISO 8601 in UTC, ``days``: elapsed 24 hours); rows by
    ``systems``, ``outcomes`` and ``zones``, the most frequent first; ``gaps``: how many stretches of more than 24 hours
    lie between two instants of issue or sending (``count``), and the longest of them (``longest``: from, to, days);
    ``columns``: for each known column of the file the share of empty cells (``empty_share``, 0–1), and the finest
    ``resolution`` in which its times are written (None for what is no time, or holds none); ``missing_columns``;
    ``channels_assumed``: rows of Cuba's without a channel, which may be emails; ``not_judged``: rule, verdict, number
    of ``unjudged`` cases, ``why``.
    """
    rows = log.number("SELECT count(*) FROM messages")
    return {
        "rows": rows,
        "customers": log.number("SELECT count(DISTINCT customer_id) FROM messages"),
        "span": _stretch(log.observed_from, log.observed_to),
        **{f"{name}s": _counted(log, name) for name in ("system", "outcome")},
        "zones": _counted(log, "timezone"),
        "gaps": _gaps(log),
        "columns": {
            name: {
                "empty_share": round(cells.empty / rows, 4) if rows else 0.0,
                "resolution": _resolution(cells.resolution),
            }
            for name, cells in log.cells.items()
        },
        "missing_columns": list(log.missing_columns),
        "channels_assumed": log.number("SELECT count(*) FROM messages WHERE channel_assumed"),
        "not_judged": [
            {"rule": rule, "verdict": judged.verdict, "unjudged": judged.unjudged, "why": judged.why_unknown}
            for rule, judged in audit.rules.items()
            if judged.why_unknown
        ],
    }


def _counted(log: "Log", column: str) -> dict[str, int]:
    """Rows by the values of a column, the most frequent first."""
    sql = f"SELECT {column}, count(*) FROM messages WHERE {column} IS NOT NULL GROUP BY ALL ORDER BY 2 DESC, 1"
    return {str(value): int(count) for value, count in log.rows(sql)}


def _gaps(log: "Log") -> dict[str, Any]:
    """Stretches of more than a day without any instant, whatever the resolution hides."""
    found = log.rows(f"""
        WITH instants AS (
            SELECT issued_ms AS ms, issued_ms + issued_res - 1 AS last FROM messages WHERE issued_ms IS NOT NULL
            UNION ALL SELECT sent_ms, sent_ms + sent_res - 1 FROM messages WHERE sent_ms IS NOT NULL
        )
        SELECT last, next FROM (
            SELECT max(last) OVER (ORDER BY ms, last) AS last, lead(ms) OVER (ORDER BY ms, last) AS next FROM instants
        ) WHERE next - last > {DAY} ORDER BY next - last DESC, last""")
    longest = sorted(found[:GAPS_CAP])
    return {"count": len(found), "longest": [_stretch(start, end) for start, end in longest]}


def _stretch(start: int, end: int) -> dict[str, Any]:
    return {"from": utc_text(start), "to": utc_text(end), "days": round((end - start) / DAY, 2)}


def _resolution(milliseconds: int | None) -> str | None:
    """A column's resolution in a word; an odd one (times that a clock showed twice) by the unit below it."""
    if milliseconds is None:
        return None
    return _RESOLUTIONS[max(unit for unit in _RESOLUTIONS if unit <= milliseconds)]
