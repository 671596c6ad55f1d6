"""``emsim whatif``: a recorded log under other values of the policy."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sim.cli import options, output
from sim.cli.audit_command import check_writable
from sim.cli.readings_command import how, progress
from sim.errors import InputError

if TYPE_CHECKING:
    from sim.replay.minimal import Minimal
    from sim.replay.other_values import WhatIf

_MOST_DISAGREEMENTS = 5
"""Disagreements with a log that the terminal shows; ``--json`` has all."""
_MOST_DAYS = 31
"""Days in the table of the terminal; of a longer log the busiest."""


class WhatIfOptions(NamedTuple):
    """The options of ``emsim whatif`` as they were given."""

    sets: list[str]
    customers: Path | None
    columns: list[str]
    times_in: str | None
    plot: Path | None
    scenario_out: Path | None
    as_json: bool


def print_what_if(path: Path, given: WhatIfOptions) -> int:
    """Replay the log at `path` and print what would have been different. Raises InputError."""
    import sim.replay

    sets, mapping = options.sets(given.sets), options.columns(given.columns)
    _check_places(given, bool(sets))
    with progress() as live:
        found = sim.replay.whatif(
            path, set=sets, customers=given.customers, mapping=mapping, times_in=given.times_in, progress=live
        )
        scenario = found.scenario() if given.scenario_out is not None else None
        png = found.plot().png() if given.plot is not None else None
    if given.plot is not None and png is not None:
        given.plot.write_bytes(png)
    if given.scenario_out is not None and scenario is not None:
        given.scenario_out.write_text(scenario.text, encoding="utf-8")
    if given.as_json:
        shown = None if scenario is None else found.row(scenario.shows)
        output.emit_json({**found.to_json(), "scenario": shown})
    else:
        _show(found)
    if given.scenario_out is not None:
        _tell_of_scenario(found, scenario, given.scenario_out)
    return 0


def _check_places(given: WhatIfOptions, other_values: bool) -> None:
    """Refuse what cannot be written before anything is replayed."""
    if given.plot is not None:
        if not other_values:
            raise InputError("there is nothing to draw without --set", field="--plot")
        check_writable(given.plot)
    if given.scenario_out is not None:
        if given.scenario_out.suffix not in (".yaml", ".yml"):
            raise InputError("must end in .yaml or .yml, or pytest would not collect it", given.scenario_out)
        if given.scenario_out.exists():
            raise InputError("is there already; a scenario goes into a new file", given.scenario_out)
        check_writable(given.scenario_out)


def _tell_of_scenario(found: "WhatIf", scenario: "Minimal | None", place: Path) -> None:
    """On stderr: what was written, or why nothing was."""
    if scenario is not None:
        print(f"emsim: {place} shows message {found.teller.message(scenario.shows.message)}; try: pytest {place}",
              file=sys.stderr)  # fmt: skip
    elif found.differences or (found.changed is None and found.disagreements):
        print("emsim: none of the differences can be shown by a scenario of one customer; none was written",
              file=sys.stderr)  # fmt: skip
    else:
        print("emsim: nothing differs, so no scenario was written", file=sys.stderr)


def _show(found: "WhatIf") -> None:
    parts: list[Any] = [
        f"{found.log}: {found.messages:,} messages to {found.customers:,} customers, replayed "
        "(open loop: requests keep their instants)."
    ]
    parts += _agreement(found)
    if found.changed is not None:
        parts += _changed(found)
    for rule, (before, after) in found.audits.items():
        cases = f"{before.breaches:,} of {before.cases:,} cases broken as it is"
        then = f"{after.breaches:,} of {after.cases:,} with {found.called}"
        parts += ["", f"{rule} binds no system: its audit finds {cases}, and {then}."]
    output.emit_rich(*parts)


def _agreement(found: "WhatIf") -> list[Any]:
    from rich.padding import Padding
    from rich.text import Text

    from sim.replay.foreign import ALWAYS_ASSUMED, ASSUMPTIONS
    from sim.replay.other_values import LOGGED, OURS
    from sim.replay.spread import counted

    differing = found.disagreements
    same = found.messages - len(differing)
    lines: list[Any] = ["", f"Under the policy in force our systems decide {same:,} of them as the log says."]
    if differing:
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in counted([one.change for one in differing]).items())
        lines.append(
            f"Of {len(differing):,} they decide otherwise ({kinds}): either the system of the log breaks a rule, or "
            "something that the log does not show was otherwise than assumed."
        )
        for one in differing[:_MOST_DISAGREEMENTS]:
            name = found.teller.message(one.message)
            lines.append(Padding(Text(f"{name}: {found.teller.story(one, LOGGED, OURS, found.base)}"), (0, 0, 0, 3)))
    if found.kind == "log":
        assumed = [f"{count:,} {ASSUMPTIONS[name]}" for name, count in found.assumed.items() if count]
        lines += ["", "Assumed, because the log does not say it:"]
        lines += [Padding(Text(line), (0, 0, 0, 3)) for line in [*assumed, ALWAYS_ASSUMED]]
    return lines


def _changed(found: "WhatIf") -> list[Any]:
    from rich.padding import Padding

    changed = found.changed
    assert changed is not None
    number, share = len(found.differences), len(found.differences) / found.messages if found.messages else 0
    if not changed.differs:
        return ["", f"With {found.called} nothing would have been different."]
    parts: list[Any] = [
        "",
        f"With {found.called}, {number:,} of {found.messages:,} messages ({share:.2%}) to {changed.customers:,} "
        f"customers would have come out differently: {how(changed)}.",
    ]
    for name, shift in (("later", changed.later), ("sooner", changed.sooner)):
        if shift is not None:
            by = f"by {shift.median_hours:g} h (median) and {shift.most_hours:g} h at most"
            parts.append(f"{shift.messages:,} go {name}, {by}.")
    if changed.assumed_to_go_on:
        parts.append(
            f"{changed.assumed_to_go_on:,} times the one-hour question is asked that was not in the log: it is assumed "
            "that the officer presses Send."
        )
    if changed.example:
        parts.append(Padding(f"For example: {changed.example}", (0, 0, 0, 3)))
    kinds = list(changed.changes())
    days = found.by_day()
    busiest = sorted(days, key=lambda day: (-sum(days[day].values()), day))[:_MOST_DAYS]
    for title, groups in (
        ("by rule", found.by_rule()),
        ("by zone", found.by_zone()),
        ("by local day" if len(days) <= _MOST_DAYS else "busiest days", {day: days[day] for day in sorted(busiest)}),
    ):
        parts += ["", _table(title, groups, kinds)]
    return parts


def _table(title: str, groups: dict[str, dict[str, int]], kinds: list[str]) -> Any:
    table = output.table([title], ["messages", *kinds])
    for name, counts in groups.items():
        row = [f"{counts[kind]:,}" if counts.get(kind) else "" for kind in kinds]
        table.add_row(name, f"{sum(counts.values()):,}", *row)
    return table
