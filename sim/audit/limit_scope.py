"""Which messages the daily limit counts and binds (`cs-daily-limit.scope`)."""

from sim.audit.log import Log


def in_scope(log: Log, row: str = "messages") -> str:
    """SQL: TRUE for a row of ``messages`` (or of what `row` names) that the daily limit counts and binds."""
    if log.value("cs-daily-limit.scope") == "child_support_sms":
        return f"({row}.channel = 'sms' AND NOT {row}.channel_assumed AND {row}.system IN ('pluto', 'cuba'))"
    return f"({row}.channel = 'sms' AND {row}.system = 'pluto' AND {row}.kind = 'desktop')"
