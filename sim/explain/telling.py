"""An explanation for people: as text for a terminal (parts for rich), and as HTML for a notebook."""

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from sim.explain import words
from sim.explain.explanation import Check, Explanation, Line, Moment
from sim.explain.summary import earliest_words
from sim.messages import System, reason_names

if TYPE_CHECKING:
    from rich.console import RenderableType

WIDTH = 100
"""Columns of the text of an explanation where no terminal says otherwise."""
_MARKS = {True: "passed", False: "FAILED", None: "-"}
_STYLES = {True: "green", False: "bold red", None: "dim"}
_RECIPIENT = (
    "not_a_centrelink_customer", "opted_out", "deceased", "restricted_access", "employer", "no_mobile",
    "invalid_mobile", "overseas_mobile", "service_unsubscribed", "vulnerable", "disaster_pause",
)  # fmt: skip
_QUIET = ("refused", "issued", "held", "confirmation_asked")  # told by the moment that they belong to


def plain_text(told: Explanation, width: int = WIDTH) -> str:
    """The explanation as plain text of at most `width` columns."""
    from rich.console import Console

    console = Console(width=width, color_system=None, highlight=False, markup=False, emoji=False)
    with console.capture() as captured:
        for part in parts(told):
            console.print(part)
    return "\n".join(line.rstrip() for line in captured.get().rstrip().split("\n"))


def parts(told: Explanation) -> list["RenderableType"]:
    """What a terminal shows, from top to bottom."""
    from rich.text import Text

    shown: list[RenderableType] = [Text(heading(told), "bold"), _subject(told)]
    for disagreement in told.disagreements:
        shown += ["", Text(f"DISAGREES WITH THE POLICY: {disagreement}.", "bold red")]
    first = True
    for entry in _timeline(told):
        if isinstance(entry, Line):
            shown.append(_line(entry))
            continue
        shown += ["", *_moment(entry, entry.checks if first else shortened(entry.checks))]
        first = False
    shown += ["", *(f"{note}." for note in told.notes)] if told.notes else []
    return shown


def heading(told: Explanation) -> str:
    """What was asked for, and what became of it."""
    return f"Message {told.message}: {told.summary}"


def _subject(told: Explanation) -> str:
    about = told.about
    system = words.SYSTEMS[System[about["system"].upper()]]
    by = f" by officer {about['officer']}" if about["officer"] else ""
    ref = f", work item {about['ref']}" if about["ref"] else ""
    channel = {"sms": "SMS", "mygov": "myGov message"}.get(about["channel"], about["channel"])
    title = f"{about['title']} ({about['template']})" if about["title"] else "of an unknown template"
    return f"{system}, {channel} {title} to customer {about['customer']}, {about['timezone']}{by}{ref}"


def _timeline(told: Explanation) -> list[Moment | Line]:
    """Moments and lines in order of time; a moment stands in place of the line of the press or hand-over it is about,
    and what it decided is not told twice."""
    moments = {moment.seq: moment for moment in told.moments}
    entries: list[tuple[int, int, int, Moment | Line]] = [
        (moment.time, moment.seq, 0, moment) for moment in told.moments
    ]
    for line in told.life:
        if line.seq not in moments and line.event not in _QUIET:
            entries.append((line.time, line.seq, 1, line))
    return [entry for *_, entry in sorted(entries, key=lambda entry: entry[:3])]


def _moment(moment: Moment, checks: Sequence[Check]) -> list["RenderableType"]:
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 1))
    for _ in range(2):
        table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for check in checks:
        mark, facts = Text(_MARKS[check.passed], _STYLES[check.passed]), Text(f"{check.facts} ")
        table.add_row(mark, check.name, facts.append(f"({check.rule})", "dim"))
    shown: list[RenderableType] = [
        Text.assemble((words.local(moment.time, moment.zone), "bold"), f"  {moment.title}"),
        Padding(table, (0, 0, 0, 2)),
        Text(f"  = {decision_words(moment)}", "bold red" if moment.disagreement else "bold"),
    ]
    if moment.disagreement:
        shown.append(Text(f"  DISAGREES: {moment.disagreement}", "bold red"))
    if moment.earliest is not None:
        shown.append(Padding(f"{earliest_words(moment)}.", (0, 0, 0, 2)))
    return shown


def shortened(checks: Sequence[Check]) -> list[Check]:
    """The checks with the tests of the recipient as one line when all of them passed; for all moments but the first."""
    tests = [check for check in checks if check.name in _RECIPIENT]
    if len(tests) < 2 or not all(check.passed for check in tests):
        return list(checks)
    facts = "; ".join(dict.fromkeys(check.facts for check in tests))
    rules = ", ".join(dict.fromkeys(check.rule for check in tests))
    place = checks.index(tests[0])
    one = Check("recipient", rules, True, {}, facts)
    rest = [check for check in checks if check.name not in _RECIPIENT]
    before = [check for check in checks[:place] if check.name not in _RECIPIENT]
    return [*before, one, *rest[len(before) :]]


def decision_words(moment: Moment) -> str:
    """What was recorded as decided at a moment."""
    recorded = moment.recorded
    text = recorded.outcome.replace("_", " ")
    names = reason_names(recorded.reasons)
    if names:
        text += f": {', '.join(names)}"
    if recorded.due and recorded.outcome in ("held", "held_again"):
        text += f" until {words.local(recorded.due, moment.zone)}"
    return text


def _line(line: Line) -> "RenderableType":
    from rich.text import Text

    return Text.assemble((words.local(line.time, line.zone), "bold"), f"  {line.text}")


def html(told: Explanation) -> str:
    """The explanation as a notebook shows it."""
    pieces = [f"<h3>{escape(heading(told))}</h3><p>{escape(_subject(told))}</p>"]
    for disagreement in told.disagreements:
        pieces.append(f"<p style='color: #b00020'><b>Disagrees with the policy:</b> {escape(disagreement)}.</p>")
    for entry in _timeline(told):
        when = escape(words.local(entry.time, entry.zone))
        if isinstance(entry, Line):
            pieces.append(f"<div><b>{when}</b> {escape(entry.text)}</div>")
            continue
        pieces.append(f"<h4>{when} {escape(entry.title)}</h4><table>{_rows(entry.checks)}</table>")
        pieces.append(f"<div><b>= {escape(decision_words(entry))}</b></div>")
        if entry.earliest is not None:
            pieces.append(f"<div>{escape(earliest_words(entry))}.</div>")
    pieces += [f"<p>{escape(note)}.</p>" for note in told.notes]
    return "".join(pieces)


def _rows(checks: tuple[Check, ...]) -> str:
    def cell(text: Any, style: str = "") -> str:
        return f"<td style='text-align: left{style}'>{escape(str(text))}</td>"

    red = "; color: #b00020; font-weight: bold"
    return "".join(
        f"<tr>{cell(_MARKS[one.passed], red if one.passed is False else '')}{cell(one.name)}{cell(one.rule)}"
        f"{cell(one.facts)}</tr>"
        for one in checks
    )
