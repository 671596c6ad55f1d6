"""What an explanation is made of: checks, the moments at which they were made, and what became of the message."""

from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sim.explain import words
from sim.messages import reason_names


class Check(NamedTuple):
    """One rule that was consulted. `name` is the reason that a failure gives (or ``hourly_confirmation``, ``window``),
    `passed` None where the rule was not reached; `saw` holds the facts as plain values, `facts` says them in words."""

    name: str
    rule: str
    passed: bool | None
    saw: dict[str, Any]
    facts: str


class Decided(NamedTuple):
    """A decision: its `outcome` in the words of the policy, a mask of `reasons`, and the instant `due` (ms UTC, 0 for
    none). `winner` is the template to which a suppressed message lost (0: none)."""

    outcome: str
    reasons: int = 0
    due: int = 0
    winner: int = 0


class Earliest(NamedTuple):
    """The earliest instant at which a message would go: `at` (ms UTC, -1 for never) in the zone `zone`, and `due`, when
    it would then be handed over. A nightly message would go with the run of the agency date `run_day`. `never` says why
    not, `note` what is to be known of it. `if_confirmed` is an earlier instant at which it would go if the question of
    the last hour were answered with Send (-1: none)."""

    at: int
    zone: int
    due: int = 0
    after_run: bool = False
    never: str = ""
    note: str = ""
    if_confirmed: int = -1
    run_day: int = 0


class Moment(NamedTuple):
    """An instant at which rules were consulted: the rebuilt decision beside the recorded one. `what` is ``send``,
    ``confirming_send``, ``hand_over``, ``closing``, ``zone_change`` or ``nightly_run``; `zone` the one on record then;
    `disagreement` says where the two decisions part (empty: they agree)."""

    what: str
    time: int
    seq: int
    zone: int
    title: str
    checks: tuple[Check, ...]
    decided: Decided
    recorded: Decided
    disagreement: str = ""
    earliest: Earliest | None = None


class Line(NamedTuple):
    """Something that happened to the message, in words; `event` is the name of the history's event."""

    time: int
    seq: int
    zone: int
    event: str
    text: str


@dataclass(frozen=True)
class Explanation:
    """Why a message went, waited, was refused or lost. `message` is what it was asked by (an id, or
    CUSTOMER/TEMPLATE/DATE); `about` holds who, what and whom; `outcome` is the final one; `contradictions` are what the
    run did otherwise than the policy says, outside the decisions of its moments."""

    message: str
    about: dict[str, Any]
    outcome: str
    summary: str
    moments: tuple[Moment, ...]
    life: tuple[Line, ...]
    contradictions: tuple[str, ...]
    notes: tuple[str, ...]
    template_names: dict[int, str]

    @property
    def disagreements(self) -> list[str]:
        """Where the run did otherwise than the policy says."""
        return [*(moment.disagreement for moment in self.moments if moment.disagreement), *self.contradictions]

    @property
    def earliest(self) -> Earliest | None:
        """The earliest instant of the last moment at which it did not go."""
        found = [moment.earliest for moment in self.moments if moment.earliest is not None]
        return found[-1] if found else None

    def to_json(self) -> dict[str, Any]:
        """Plain data with stable keys; instants in local time with their offset."""
        return {
            "message": self.message,
            "about": self.about,
            "outcome": self.outcome,
            "summary": self.summary,
            "agrees": not self.disagreements,
            "disagreements": self.disagreements,
            "earliest": _earliest(self.earliest),
            "moments": [self._moment(moment) for moment in self.moments],
            "life": [
                {"at": words.iso(line.time, line.zone), "event": line.event, "text": line.text} for line in self.life
            ],
            "notes": list(self.notes),
        }

    def _moment(self, moment: Moment) -> dict[str, Any]:
        return {
            "what": moment.what,
            "title": moment.title,
            "at": words.iso(moment.time, moment.zone),
            "checks": [check._asdict() for check in moment.checks],
            "decided": self._decided(moment.decided, moment.zone),
            "recorded": self._decided(moment.recorded, moment.zone),
            "agrees": not moment.disagreement,
            "disagreement": moment.disagreement,
            "earliest": _earliest(moment.earliest),
        }

    def _decided(self, decided: Decided, zone: int) -> dict[str, Any]:
        return {
            "outcome": decided.outcome,
            "reasons": reason_names(decided.reasons),
            "due": words.iso(decided.due, zone) if decided.due else None,
            "winner": self.template_names.get(decided.winner) if decided.winner else None,
        }

    def __str__(self) -> str:
        from sim.explain.telling import plain_text

        return str(plain_text(self))

    def _repr_html_(self) -> str:
        from sim.explain.telling import html

        return html(self)


def _earliest(found: Earliest | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "at": words.iso(found.at, found.zone) if found.at >= 0 else None,
        "due": words.iso(found.due, found.zone) if found.due else None,
        "run": date.fromordinal(found.run_day).isoformat() if found.run_day else None,
        "after_run": found.after_run,
        "never": found.never or None,
        "if_confirmed": words.iso(found.if_confirmed, found.zone) if found.if_confirmed >= 0 else None,
        "note": found.note or None,
    }
