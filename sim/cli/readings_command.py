"""``emsim readings``: what each named reading of an ambiguous rule would change, as questions for a policy owner."""

from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

from sim.cli import options, output

if TYPE_CHECKING:
    from sim.progress import Live
    from sim.replay.results import Alternative, Question, Readings

_MOST_CUSTOMERS = 8
_MOST_METRICS = 8
"""Metrics of a closed loop that the terminal shows for one reading; ``--json`` has all."""


def print_readings(
    scenario: str,
    rule: str | None,
    closed_loop: bool,
    seed: int | None,
    customers: int | None,
    days: int | None,
    sets: list[str],
    as_json: bool,
) -> int:
    """Try the readings and print what differs. Raises InputError."""
    import sim.replay

    with progress() as live:
        found = sim.replay.readings(
            scenario, rule, closed_loop=closed_loop, seed=seed, customers=customers, days=days,
            set=options.sets(sets), progress=live,
        )  # fmt: skip
    if as_json:
        output.emit_json(found.to_json())
    else:
        _show(found)
    return 0


def progress() -> "AbstractContextManager[Live | None]":
    """A live bar where somebody looks."""
    from sim.progress import Live, wanted

    return Live() if wanted() else nullcontext()


def _show(found: "Readings") -> None:
    table = output.table(["value", "in force", "other reading"], ["messages", "customers", "later", "sooner"])
    for question in found.questions:
        for one in question.alternatives:
            table.add_row(question.name, question.in_force, one.reading, *_numbers(question, one))
    parts: list[Any] = [_title(found), "", table]
    differing = [
        question for question in found.questions if any(_matters(question, one) for one in question.alternatives)
    ]
    for number, question in enumerate(differing, 1):
        parts += ["", *_told(number, question, found)]
    idle = [
        f"{question.name} = {one.reading}"
        for question in found.questions for one in question.alternatives if not _matters(question, one)
    ]  # fmt: skip
    if idle:
        parts += ["", f"No difference here: {', '.join(idle)}."]
    output.emit_rich(*parts)


def _title(found: "Readings") -> str:
    how = (
        "each reading on the same recorded requests (open loop)"
        if found.loop == "open"
        else "the load simulated anew under each reading (closed loop; one run each, so small moves may be chance)"
    )
    again = f" A replay gives {found.same:,} of the recorded decisions again: another system was recorded than ours."
    size = f"{found.messages:,} messages to {found.customers:,} customers"
    title = f"Readings of ambiguous rules on {found.scenario}: {size}; {how}."
    return title if found.same == found.messages else title + again


def _matters(question: "Question", one: "Alternative") -> bool:
    moved = bool(one.closed and one.closed.metrics)
    return one.differs or moved or (one.audit is not None and one.audit != question.audit)


def _numbers(question: "Question", one: "Alternative") -> list[str]:
    if one.audit is not None and question.audit is not None and not one.differences:
        return [f"{question.audit.breaches:,} → {one.audit.breaches:,} breaches", "", "", ""]
    shifts = [
        f"{each.messages:,}: {each.median_hours:g} h, at most {each.most_hours:g} h" if each else ""
        for each in (one.later, one.sooner)
    ]
    return [f"{len(one.differences):,}", f"{one.customers:,}", *shifts]


def _told(number: int, question: "Question", found: "Readings") -> list[Any]:
    from rich.padding import Padding
    from rich.text import Text

    lines: list[str] = [question.decides]
    for one in question.alternatives:
        what = _what(question, one, found) if _matters(question, one) else "nothing differs."
        lines.append(f"{one.reading} instead of {question.in_force}: {what}")
        if one.example:
            lines.append(f"For example: {one.example}")
        if found.kind != "scenarios" and len(one.differences) > 1:
            lines.append(_whose(one))
    return [Text(f"{number}. {question.name}", "bold"), *(Padding(Text(line), (0, 0, 0, 3)) for line in lines)]


def _whose(one: "Alternative") -> str:
    """The customers of whom a message comes out differently, the first few of them."""
    customers = list(dict.fromkeys(each.customer for each in one.differences))
    rest = len(customers) - _MOST_CUSTOMERS
    more = f" and {rest:,} more (--json names every message)" if rest > 0 else ""
    return f"Customers: {', '.join(map(str, customers[:_MOST_CUSTOMERS]))}{more}."


def _what(question: "Question", one: "Alternative", found: "Readings") -> str:
    sentences = []
    if one.audit is not None and question.audit is not None:
        sentences.append(
            f"no system turns on it; the audit of {question.rule} finds {one.audit.breaches:,} of "
            f"{one.audit.cases:,} cases broken instead of {question.audit.breaches:,} of {question.audit.cases:,}"
        )
    if one.differences:
        share = len(one.differences) / found.messages if found.messages else 0
        sentences.append(
            f"{len(one.differences):,} of {found.messages:,} messages ({share:.2%}) to {one.customers:,} of "
            f"{found.customers:,} customers come out differently: {how(one)}"
        )
    if one.assumed_to_go_on:
        sentences.append(
            f"{one.assumed_to_go_on:,} times the one-hour question is asked that was not in the recording: it is "
            "assumed that the officer presses Send"
        )
    if one.other_nights:
        sentences.append(f"on {one.other_nights:,} nights a debt message is suppressed for another reason")
    if one.closed is not None:
        sentences += _closed(one)
    return "; ".join(sentences) + "."


def how(one: "Alternative") -> str:
    """The kinds of change, and the rules that decide them."""
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in one.changes().items())
    rules = ", ".join(f"{rule} {count:,}" for rule, count in one.rules().items())
    return f"{kinds} (by {rules})"


def _closed(one: "Alternative") -> list[str]:
    closed = one.closed
    assert closed is not None
    found = [
        f"{closed.matched:,} messages were matched by their cause, {closed.unmatched_before:,} and "
        f"{closed.unmatched_after:,} happen in one of the two runs alone, {one.moved:,} leave at another instant"
    ]
    shown = [each for each in closed.metrics if each.group == "all"][:_MOST_METRICS]
    if shown:
        moves = ", ".join(
            f"{each.metric} {output.number(each.before)} → {output.number(each.after)} {each.unit}" for each in shown
        )
        found.append(f"metrics that move most: {moves} ({len(closed.metrics):,} numbers in all)")
    return found
