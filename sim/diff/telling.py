"""A comparison of two runs as text for a terminal."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sim.diff.difference import Difference, Example, FactPair, First, Group
from sim.diff.settings import Setting
from sim.explain import words

if TYPE_CHECKING:
    from rich.console import RenderableType

WIDTH = 100
"""Columns where no terminal says otherwise."""
_KINDS = {"policy": "value of the policy", "parameter": "parameter", "load": "load", "systems": "systems",
          "program": "program"}  # fmt: skip
_MARKS = {True: "passed", False: "FAILED", None: "-"}


def plain_text(found: Difference, width: int = WIDTH) -> str:
    """The comparison as plain text of at most `width` columns."""
    from rich.console import Console

    console = Console(width=width, color_system=None, highlight=False, markup=False, emoji=False)
    with console.capture() as captured:
        for part in parts(found):
            console.print(part)
    return "\n".join(line.rstrip() for line in captured.get().rstrip().split("\n"))


def parts(found: Difference) -> list["RenderableType"]:
    """What a terminal shows, from top to bottom."""
    shown: list[RenderableType] = []
    if found.same:
        return ["The runs are identical."]
    if found.kind != "same_history":
        shown += [f"{note}." for note in found.notes]
    shown += _settings(found.settings)
    if found.kind == "same_history":
        return [*shown, *(f"{note}." for note in found.notes)]
    if found.first is not None:
        shown += _first(found.first)
    elif found.kind == "comparable":
        shown += ["", "No request that both made came out differently."]
    request = found.first_request
    if request is not None and (found.first is None or request.at < found.first.example.at):
        head = "The first request that one run alone made, or that they made at other instants"
        shown += ["", _bold(head), *_example(request)]
    for group in found.groups:
        shown += ["", *_group(group)]
    if found.kind == "comparable":
        shown += ["", *_counts(found)]
    return [*shown, *_totals(found)]


def _bold(text: str) -> "RenderableType":
    from rich.text import Text

    return Text(text, "bold")


def _settings(settings: tuple[Setting, ...]) -> list["RenderableType"]:
    from rich.table import Table

    if not settings:
        return []
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 1))
    for head in ("what differs", "name", "first", "second"):
        table.add_column(head, overflow="fold")
    for one in settings:
        table.add_row(_KINDS[one.kind], one.name, words.value_words(one.first), words.value_words(one.second))
    return [table]


def _first(found: First) -> list["RenderableType"]:
    lines: list[RenderableType] = ["", _bold("The first divergent decision"), *_example(found.example)]
    for pair in found.facts:
        lines += _pair(pair)
    for setting in found.explained_by:
        before, after = words.value_words(setting.first), words.value_words(setting.second)
        lines.append(f"  Explained by {setting.name}: {before} in the first, {after} in the second.")
    return [*lines, f"  Mind: {found.note}."] if found.note else lines


def _pair(pair: FactPair) -> Iterator["RenderableType"]:
    from rich.padding import Padding

    yield f"  {pair.name} ({pair.rule})"
    for which, passed, facts in (("first ", pair.first_passed, pair.first),
                                 ("second", pair.second_passed, pair.second)):  # fmt: skip
        yield Padding(f"{which}  {_MARKS[passed]:<6}  {facts}", (0, 0, 0, 4))


def _example(one: Example) -> list["RenderableType"]:
    from rich.padding import Padding

    ids = [f"{one.first_message or '–'} in the first, {one.second_message or '–'} in the second"]
    head = (
        f"{words.local(one.at, one.zone)}  {one.system}, {one.template} to customer {one.customer} (message {ids[0]})"
    )
    return [
        Padding(head, (0, 0, 0, 2)),
        Padding(f"first   {one.first}", (0, 0, 0, 4)),
        Padding(f"second  {one.second}", (0, 0, 0, 4)),
    ]


def _group(group: Group) -> list["RenderableType"]:
    many = f"{words.count(group.messages, 'message')} of {words.count(group.customers, 'customer')}"
    by = f" ({group.rule}{f': {group.reasons}' if group.reasons else ''})" if group.rule else ""
    lines: list[RenderableType] = [_bold(f"{group.change}{by}: {many}"), f"  {group.meaning}{_later(group)}."]
    if group.explained_by:
        lines.append(f"  Explained by {', '.join(group.explained_by)}.")
    elif group.rule:
        lines.append(f"  No value of {group.rule} differs: it follows from other differences.")
    for one in group.examples:
        lines += _example(one)
    if len(group.examples) < group.messages:
        lines.append(f"  … and {words.count(group.messages - len(group.examples), 'more message', 'more messages')}")
    return lines


def _later(group: Group) -> str:
    if group.later_hours is None:
        return ""
    side = "later" if group.later_hours > 0 else "sooner"
    return f"; {words.duration(round(abs(group.later_hours) * 3_600_000))} {side} (median)"


def _counts(found: Difference) -> list["RenderableType"]:
    told = [
        f"{words.count(found.matched, 'message')} matched by their causes, "
        f"{sum(group.messages for group in found.groups):,} of them (or of their nights) came out differently."
    ]
    if found.shifted:
        told.append(f"Pressed at another instant and decided alike: {found.shifted:,}.")
    if found.moved:
        told.append(f"Left the queue of the gateway at another instant: {found.moved:,}.")
    if any(found.alone):
        told.append(f"Requests that one run alone made: {found.alone[0]:,} and {found.alone[1]:,}.")
    if found.other_nights:
        told.append(f"Nights on which a debt message was suppressed for another reason: {found.other_nights:,}.")
    return list(told)


def _totals(found: Difference) -> list["RenderableType"]:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 1))
    table.add_column("totals that differ", overflow="fold")
    for head in ("first", "second", "difference"):
        table.add_column(head, justify="right")
    unlike = [total for total in found.totals if total.first != total.second]
    for total in unlike:
        table.add_row(total.what, f"{total.first:,}", f"{total.second:,}", f"{total.second - total.first:+,}")
    return ["", table] if unlike else []
