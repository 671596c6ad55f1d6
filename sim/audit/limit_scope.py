"""Which messages the daily limit counts and binds (`cs-daily-limit.scope`)."""

from sim.audit.log import Log


def in_scope(log: Log) -> str:
    """SQL on ``messages``: TRUE for a message that the daily limit counts and binds."""
    if log.value("cs-daily-limit.scope") == "child_support_sms":
        return "(channel = 'sms' AND system IN ('pluto', 'cuba'))"
    return "(channel = 'sms' AND system = 'pluto' AND kind = 'desktop')"
