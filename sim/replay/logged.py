"""How far a foreign log and our systems agree: what it says became of each message, held against our replay of it.

A disagreement is a finding: either their system breaks a rule, or something that the log does not show (an outage, a
fact on record) was otherwise than assumed.
"""

from collections.abc import Mapping
from typing import Any

from sim.messages import Outcome, System
from sim.replay.differences import Compared, compare
from sim.replay.fates import Fate, Told
from sim.replay.foreign import LONGEST_ACKNOWLEDGEMENT, Foreign
from sim.replay.systems import ALL_SYSTEMS


def agreement(foreign: Foreign, ours: Told) -> Compared:
    """The messages of which the log says (`before`) something else than our systems do (`after`)."""
    fates = {}
    for number, row in foreign.rows.items():
        fate = ours.fates.get(number)
        if fate is not None and number in foreign.withdrawn and fate.accepted:
            fates[number] = fate
        elif fate is not None:
            fates[number] = _logged(row, fate, foreign)
    return compare(Told(fates, {}), Told({number: ours.fates[number] for number in fates}, {}), ALL_SYSTEMS)


def _logged(row: Mapping[str, Any], ours: Fate, foreign: Foreign) -> Fate:
    """What the log says, as a fate; where it is silent, or not precise enough to tell the difference, as ours."""
    columns = foreign.log.columns
    reasons = row["reasons"] if "reasons" in columns else None
    asked = bool(row["confirmation_asked"]) if row["confirmation_asked"] is not None else ours.asked
    said = ours._replace(asked=asked, decided=row["issued_ms"])
    outcome = row["outcome"]
    if outcome == "refused" and row["sent_ms"] is None:
        known = reasons if reasons is not None else ours.reasons
        return _unissued(said, Outcome.REFUSED, known)
    if outcome == "cancelled" and row["sent_ms"] is None:
        return _unissued(said._replace(asked=ours.asked or asked), Outcome.CANCELLED, 0)
    if outcome == "withdrawn" and row["sent_ms"] is None:
        known = reasons if reasons else ours.reasons
        issued = said if ours.accepted else _issued(said, row["issued_ms"], row["release_ms"] or row["due_ms"])
        return issued._replace(final=Outcome.WITHDRAWN, reasons=known, sent=-1)
    if row["sent_ms"] is None:
        return _waiting(row, said, foreign)
    return _sent(row, said)


def _unissued(said: Fate, outcome: Outcome, reasons: int) -> Fate:
    return said._replace(answer=outcome, final=outcome, reasons=reasons, due=-1, holds=(), sent=-1)


def _issued(said: Fate, issued: int, due: int | None) -> Fate:
    """Accepted; held where it was due later than issued."""
    waits = due is not None and due > issued
    answer = Outcome.HELD if waits else Outcome.SENT
    return said._replace(answer=answer, due=max(issued, due or issued), holds=(), reasons=0)


def _waiting(row: Mapping[str, Any], said: Fate, foreign: Foreign) -> Fate:
    """Held when the log ends: no other than ours when that is to wait until then too."""
    due = row["release_ms"] or row["due_ms"]
    same = said.accepted and said.final != Outcome.WITHDRAWN
    if same and (due == said.last_due or (due is None and said.last_due >= foreign.log.observed_to)):
        return said
    held = _issued(said, row["issued_ms"], due or foreign.log.observed_to)
    return held._replace(final=Outcome.HELD, sent=-1)


def _sent(row: Mapping[str, Any], said: Fate) -> Fate:
    sent, near = row["sent_ms"], max(LONGEST_ACKNOWLEDGEMENT, row["sent_res"] or 1)
    if said.accepted and said.sent >= 0 and abs(said.sent - sent) <= near:
        return said._replace(sent=said.sent)
    planned = said.system in (System.DMIS, System.SAP)
    waited = planned or sent - row["issued_ms"] > near
    return _issued(said, row["issued_ms"], sent if waited else None)._replace(final=Outcome.SENT, sent=sent)
