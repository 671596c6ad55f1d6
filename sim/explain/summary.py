"""One line that says what became of a message and why."""

from collections.abc import Mapping, Sequence

from sim.explain import words
from sim.explain.explanation import Line, Moment
from sim.messages import reason_names

_LOST_BY = {
    "similar": "dr-similar", "gap": "dr-gap", "one_nudge": "dr-one-nudge", "hierarchy": "dr-hierarchy",
}  # fmt: skip


def message_summary(outcome: str, moments: Sequence[Moment], lines: Sequence[Line]) -> str:
    """What became of a message, when, and why."""
    if outcome == "sent":
        line = next(line for line in lines if line.event == "acknowledged")
        held = next((moment for moment in moments if moment.recorded.outcome in ("held", "held_again")), None)
        waited = f", held since {words.local(held.time, held.zone)}" if held else ""
        return f"sent {words.local(line.time, line.zone)}{waited}"
    if outcome == "cancelled":
        line = next(line for line in lines if line.event == "cancelled")
        return f"cancelled {words.local(line.time, line.zone)}"
    last = moments[-1] if moments else None
    if last is None:
        return "never sent: nobody pressed Send"
    reasons = ", ".join(reason_names(last.recorded.reasons))
    if outcome == "held":
        return f"held until {words.local(last.recorded.due, last.zone)} when the run ended"
    when = words.local(last.time, last.zone)
    return f"{outcome} {when}: {reasons}" if reasons else f"{outcome} {when}"


def night_summary(moment: Moment, free: Mapping[str, int], titles: Mapping[int, str]) -> str:
    """What came of a debt message on a night: ``lost to Declined payment; gap until Wed 14 Oct 2026``."""
    recorded = moment.recorded
    if recorded.outcome == "picked":
        return "picked by this run"
    if recorded.outcome == "not_eligible":
        return "not eligible at this run"
    names = reason_names(recorded.reasons)
    winner = titles.get(recorded.winner)
    text = f"lost to {winner}" if winner else "suppressed"
    if not set(names) & set(_LOST_BY):
        return f"{text}: {', '.join(names)}"
    parts = []
    for name in names:
        until = free.get(name, 0)
        parts.append(f"{name.replace('_', ' ')}{f' until {words.day_words(until)}' if until else ''}")
    return f"{text}; {', '.join(parts)}"


def earliest_words(moment: Moment) -> str:
    """From when a message that did not go at this moment would go, in words; empty when that was not asked."""
    found = moment.earliest
    if found is None:
        return ""
    if found.run_day:
        text = f"First run at which it would be picked: {words.day_words(found.run_day)}, due "
        text += words.local(found.due, found.zone)
    elif moment.what == "nightly_run":
        text = f"First run at which it would be picked: never {found.never}"
    else:
        text = "Earliest Send that would go at once: "
        text += words.local(found.at, found.zone) if found.at >= 0 else f"never {found.never}"
    if found.at >= 0 and found.after_run:
        text += ", after the end of the run, as no further facts come"
    if found.if_confirmed >= 0:
        soon = found.if_confirmed == moment.time + 1
        when = "this one" if soon else words.local(found.if_confirmed, found.zone)
        text += f"; {when}, if the question is answered with Send"
    return f"{text}; {found.note}" if found.note else text
