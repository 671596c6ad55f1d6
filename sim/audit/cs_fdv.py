"""cs-fdv: where the applicant of an open process is among those who raised family and domestic violence (FDV)
concerns, no SMS goes to the other party until the concerns were discussed with the applicant.

The other party is *barred* on a process of the policy's list from the later of PROCESS_OPENED and the applicant's
FDV_RAISED on it until FDV_DISCUSSED or PROCESS_CLOSED (each applies at its own millisecond; concerns raised again
after a discussion bar again). A case is a desktop SMS issued to the other party of an open listed process on which
anybody raised concerns; issued while barred it is a breach. Where the applicant did not raise them both parties may
get one.

The other side: a refusal or withdrawal with `fdv_undiscussed` is a case too. It is a breach when the customer was not
barred, or when the system does not enforce the rule (`cs-fdv.enforced` false), for then it may not refuse in its
name. When it does, the rule is judged as the system's: also a hand-over while barred is a breach, and so is a refusal
of an SMS that leaves this reason out although it held, for a refusal carries all that fail.
"""

from typing import Any, NamedTuple

from sim.audit.codes import EVER, PROCESS_KINDS, Event, Reason
from sim.audit.log import Log
from sim.audit.procedure_cases import ZONE, codes, prepare, steps_known, zone_join
from sim.audit.verdicts import RuleAudit, Tally

RULE = "cs-fdv"
ENFORCED_BY = "procedure"
CLAUSE = "EM, Check for family and domestic violence (FDV)"

_FACTS = (Event.PROCESS_OPENED, Event.PROCESS_CLOSED, Event.FDV_RAISED, Event.FDV_DISCUSSED)
_ANSWERS = {
    Event.ISSUED: "issued to",
    Event.HANDED_OVER: "handed over for",
    Event.REFUSED: "refused for",
    Event.WITHDRAWN: "withdrawn from",
}


class Span(NamedTuple):
    """From `start` up to, not including, `end` (ms UTC) one of the parties had raised concerns on an open process;
    `barred`: they were the applicant's and undiscussed. `events`: the seqs of the facts that began it."""

    start: int
    end: int
    barred: bool
    events: tuple[int, ...]


class _Fact(NamedTuple):
    """A row about a process; `value` of PROCESS_OPENED is its kind."""

    event: int
    time: int
    seq: int
    customer: int
    other: int
    value: int


def audit(log: Log) -> RuleAudit:
    """Judge the rule on every desktop SMS to an other party, and on every answer given in the rule's name."""
    enforced = bool(log.value("cs-fdv.enforced"))
    tally = Tally(log, RULE, "system" if enforced else ENFORCED_BY)
    if not steps_known(log, tally):
        return tally.close()
    spans = _spans(log)
    issued_barred: set[tuple[int, int]] = set()
    for row in _answers(log, spans):
        at_time = _span_at(spans.get((row["run_id"], row["customer"]), []), row["time"])
        barred = at_time is not None and at_time.barred
        in_its_name = bool(row["reasons"] & Reason.FDV_UNDISCUSSED)
        why = ""
        if row["event"] == Event.ISSUED:
            if at_time is None:
                continue
            if barred:
                issued_barred.add((row["run_id"], row["message"]))
                why = "before the applicant's FDV concerns were discussed"
        elif row["event"] == Event.HANDED_OVER:
            # What was issued while barred is one breach, not two.
            if not (enforced and barred) or (row["run_id"], row["message"]) in issued_barred:
                continue
            why = "although the applicant's FDV concerns were undiscussed then"
        elif in_its_name:
            if not barred:
                why = "with fdv_undiscussed although no undiscussed concerns of an applicant stood against it"
            elif not enforced:
                why = "with fdv_undiscussed although the system does not enforce this rule here"
        elif enforced and barred and row["event"] == Event.REFUSED:
            why = "without naming fdv_undiscussed although the applicant's FDV concerns were undiscussed"
        else:
            continue
        tally.judged(row["run_id"])
        if why:
            _blame(tally, row, why, at_time)
    return tally.close()


def _blame(tally: Tally, row: dict[str, Any], why: str, span: Span | None) -> None:
    tally.breach(
        row["customer"],
        [row["message"]],
        f"An SMS was {_ANSWERS[Event(row['event'])]} customer {row['customer']} on {row['local']} (local) {why}.",
        row["time"],
        [row["seq"], *(span.events if span else ())],
        row["run_id"],
    )


def _answers(log: Log, spans: dict[tuple[int, int], list[Span]]) -> list[dict[str, Any]]:
    """What became of desktop SMS to the customers of `spans`, and all that was done in the rule's name."""
    prepare(log)
    others = ", ".join(str(customer) for customer in sorted({customer for _, customer in spans})) or "NULL"
    return log.records(f"""
        SELECT e.run_id, e.message, e.customer, e.event, e.time, e.seq, e.reasons, local_text(e.time, {ZONE}) AS local
        FROM (
            SELECT e.run_id, e.message, m.customer, e.event, e.time, e.seq, e.reasons
            FROM events AS e JOIN messages AS m USING (run_id, message)
            WHERE e.event IN ({codes(_ANSWERS)}) AND m.system = 'pluto'
                AND (m.customer IN ({others}) OR (e.reasons & {Reason.FDV_UNDISCUSSED}) > 0)
                AND (m.channel = 'sms' OR (e.reasons & {Reason.FDV_UNDISCUSSED}) > 0)
        ) AS e {zone_join("e", "e.time")}
        ORDER BY e.run_id, e.time, e.seq
    """)


def _span_at(spans: list[Span], time: int) -> Span | None:
    """The span that `time` lies in; of several the one that bars."""
    inside = [span for span in spans if span.start <= time < span.end]
    return next((span for span in inside if span.barred), inside[0] if inside else None)


def _spans(log: Log) -> dict[tuple[int, int], list[Span]]:
    """The spans of every other party, by (run, customer)."""
    kinds = {PROCESS_KINDS[name] for name in log.value("cs-fdv.processes")}
    processes: dict[tuple[int, int], list[_Fact]] = {}
    rows = log.rows(f"""
        SELECT run_id, ref, event, time, seq, customer, other, value FROM events
        SEMI JOIN (SELECT run_id, ref FROM events WHERE event = {Event.FDV_RAISED}) AS raised USING (run_id, ref)
        WHERE event IN ({codes(_FACTS)}) ORDER BY run_id, ref, time, seq
    """)
    for run_id, ref, *fact in rows:
        processes.setdefault((run_id, ref), []).append(_Fact(*fact))
    spans: dict[tuple[int, int], list[Span]] = {}
    for (run_id, _), facts in processes.items():
        opened = next((fact for fact in facts if fact.event == Event.PROCESS_OPENED), None)
        if opened and opened.other and opened.value in kinds:
            spans.setdefault((run_id, opened.other), []).extend(_process_spans(facts, opened.customer))
    return spans


def _process_spans(facts: list[_Fact], applicant: int) -> list[Span]:
    """The spans of one process, from its facts in order. Facts of one millisecond apply together."""
    spans: list[Span] = []
    is_open = raised = barred = False
    since = 0
    proof: list[int] = []
    for fact in facts:
        if is_open and raised and since < fact.time:
            spans.append(Span(since, fact.time, barred, tuple(proof)))
        since = fact.time
        if fact.event == Event.PROCESS_OPENED:
            is_open = True
            proof.append(fact.seq)
        elif fact.event == Event.PROCESS_CLOSED:
            is_open = barred = False
        elif fact.event == Event.FDV_RAISED:
            raised = True
            barred = barred or fact.customer == applicant
            proof.append(fact.seq)
        else:
            barred = False
    if is_open and raised:
        spans.append(Span(since, EVER, barred, tuple(proof)))
    return spans
