"""What there is to exercise of each rule: the columns of the table and their parts.

A part is exercised by a scenario or load that names the rule, and in which the audit could judge it:

- ``cases``            there was a case to judge; a rule without any, in all that was played, is not exercised at all;
- ``before``, ``on``, ``after``  something happened just before, on or just after an edge of the rule
  (`sim.scenario.coverage.edges`);
- ``refused``          something was refused, withdrawn or suppressed for a reason that is the rule's;
- ``held``             a message was held, or held again, because of the rule;
- ``zone``             messages went to recipients in this zone; the part `TWO_ZONES` needs two with different clocks;
- ``daylight saving``  something happened within a day of a change of the recipient's clocks;
- ``reading``          this reading was in force.
"""

from collections.abc import Mapping
from typing import NamedTuple

from sim.audit import RULE_MODULES
from sim.audit.codes import DEBT_MESSAGES, Reason
from sim.policy.policy import Policy

COLUMNS = ("cases", "before", "on", "after", "refused", "held", "zone", "daylight saving", "reading")
RULES = tuple(name.replace("_", "-") for name in RULE_MODULES)
A_CASE = "a case"
TWO_ZONES = "two zones with different clocks"
STARTS, ENDS = "starts", "ends"

CHILD_SUPPORT, CENTRELINK, DEBT = ("pluto", "cuba"), ("customer_first", "dmis", "sap"), ("dmis", "sap")


class Part(NamedTuple):
    """One thing to exercise of a rule."""

    rule: str
    column: str
    name: str


_MOBILE = (Reason.NO_MOBILE, Reason.INVALID_MOBILE, Reason.OVERSEAS_MOBILE)
_CENTRELINK = (Reason.OPTED_OUT, Reason.DECEASED, Reason.RESTRICTED_ACCESS, *_MOBILE, Reason.NOT_A_CENTRELINK_CUSTOMER)

REFUSED: Mapping[str, tuple[tuple[str, ...], tuple[Reason, ...]]] = {
    "cs-subscription": (CHILD_SUPPORT, (Reason.DECEASED, Reason.SERVICE_UNSUBSCRIBED)),
    "cs-recipient-barred": (CHILD_SUPPORT, (Reason.RESTRICTED_ACCESS, Reason.EMPLOYER, Reason.OVERSEAS_MOBILE)),
    "cs-mobile-required": (CHILD_SUPPORT, (Reason.NO_MOBILE, Reason.INVALID_MOBILE)),
    "cs-opt-out": (CHILD_SUPPORT, (Reason.OPTED_OUT,)),
    "cs-officer-access": (CHILD_SUPPORT, (Reason.NO_ACCESS,)),
    "cs-channel": (CHILD_SUPPORT, (Reason.CHANNEL_NOT_APPROVED,)),
    "cs-fdv": (CHILD_SUPPORT, (Reason.FDV_UNDISCUSSED,)),
    "cs-daily-limit": (CHILD_SUPPORT, (Reason.DAILY_LIMIT,)),
    "cs-info-messages": (CHILD_SUPPORT, (Reason.OPTED_OUT, Reason.DAILY_LIMIT)),
    "cs-templates": (CHILD_SUPPORT, (Reason.UNKNOWN_TEMPLATE,)),
    "cs-fields": (CHILD_SUPPORT, (Reason.MISSING_FIELD, Reason.BY_DATE_IN_PAST)),
    "cf-recipient": (("customer_first",), _CENTRELINK),
    "dr-recipient": (DEBT, _CENTRELINK[:-1]),
    "dr-gap": (DEBT, (Reason.GAP,)),
    "dr-one-nudge": (DEBT, (Reason.ONE_NUDGE,)),
    "dr-similar": (DEBT, (Reason.SIMILAR,)),
    "dr-vulnerable": (DEBT, (Reason.VULNERABLE,)),
    "dr-disaster-pause": (DEBT, (Reason.DISASTER_PAUSE,)),
}
"""The systems and the reasons with which each rule stops a message."""
WITHDRAWN: Mapping[str, tuple[tuple[str, ...], tuple[Reason, ...]]] = {
    "cs-release-recheck": (
        CHILD_SUPPORT,
        (Reason.OPTED_OUT, Reason.DECEASED, Reason.RESTRICTED_ACCESS, Reason.EMPLOYER, *_MOBILE,
         Reason.SERVICE_UNSUBSCRIBED),
    ),
}  # fmt: skip
"""The same for rules that stop a message at its hand-over alone."""
PAIRS = tuple(
    f"{higher} over {lower}"
    for place, higher in enumerate(DEBT_MESSAGES)
    for lower in DEBT_MESSAGES[place + 1 :]
)  # fmt: skip
"""What `dr-hierarchy` suppresses: the lower of every pair of DMIS's messages."""

AT_ISSUE, AT_CLOSING, FOR_THE_LIMIT, MOVED = "at issue", "at closing", "to a day with room", "to another zone"
HELD: Mapping[str, tuple[tuple[str, ...], str]] = {
    "cs-daily-limit": (CHILD_SUPPORT, FOR_THE_LIMIT),
    "cs-send-window": (CHILD_SUPPORT, AT_ISSUE),
    "cs-window-at-gateway": ((*CHILD_SUPPORT, *CENTRELINK), AT_CLOSING),
    "cs-release-recheck": (CHILD_SUPPORT, MOVED),
    "cf-window": (("customer_first",), AT_ISSUE),
}
"""The systems and the cause with which a rule holds a message."""

ZONED = (
    "cs-daily-limit", "cs-hourly-confirmation", "cs-send-window", "cs-window-at-gateway", "cs-release-recheck",
    "cs-fields", "cs-precall", "cs-precall-reassign", "cs-bounce-back", "cs-email", "cf-window", "cf-precall",
    "dr-hierarchy", "dr-kind", "dr-gap", "dr-one-nudge", "dr-similar", "dr-view",
)  # fmt: skip
"""Rules that turn on the recipient's local time or day, or must not."""
CLOCKED = (
    "cs-daily-limit", "cs-hourly-confirmation", "cs-send-window", "cs-window-at-gateway", "cs-release-recheck",
    "cs-fields", "cs-precall", "cs-bounce-back", "cf-window", "cf-precall", "dr-hierarchy", "dr-gap", "dr-similar",
    "dr-eligibility",
)  # fmt: skip
"""Rules that a change of the clocks could upset."""


def reading_parts(policy: Policy) -> dict[str, list[tuple[str, str]]]:
    """The named readings of each rule: (name of the value, reading)."""
    return {
        rule.id: [
            (value.name, str(reading))
            for value in rule.values.values() if value.kind == "reading" for reading in value.allowed
        ]
        for rule in policy.rules.values()
    }  # fmt: skip


def static_parts(policy: Policy) -> list[Part]:
    """All parts but those of edges."""
    found = [Part(rule, "cases", A_CASE) for rule in RULES]
    for table in (REFUSED, WITHDRAWN):
        for rule, (_, reasons) in table.items():
            found += [Part(rule, "refused", reason.name.lower()) for reason in reasons]
    found += [Part("dr-hierarchy", "refused", pair) for pair in PAIRS]
    found += [Part(rule, "held", cause) for rule, (_, cause) in HELD.items()]
    found += [Part(rule, "zone", TWO_ZONES) for rule in ZONED]
    found += [Part(rule, "daylight saving", which) for rule in CLOCKED for which in (STARTS, ENDS)]
    for rule, readings in reading_parts(policy).items():
        found += [Part(rule, "reading", f"{name}={reading}") for name, reading in readings]
    return found
