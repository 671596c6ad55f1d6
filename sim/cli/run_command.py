"""``emsim run``: simulate, audit, write the run folder, and say in plain words what came of it."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sim.cli import options, output
from sim.cli.audit_command import announce, exit_code, verdict_lines

if TYPE_CHECKING:
    from sim.runs import Run
    from sim.scenario.load import Load


def run_load(
    load: str,
    seed: int | None,
    customers: int | None,
    days: int | None,
    start: str | None,
    sets: list[str],
    out: Path | None,
    force: bool,
    as_json: bool,
    strict: bool,
    twin: bool,
) -> int:
    """Run `load` with the options of the command line and return the exit code. Raises InputError."""
    from sim import folder, runs
    from sim.progress import live_if_wanted

    given = {"--customers": customers, "--days": days, "--start": start, "--set": sets}
    changed = [name for name, value in given.items() if value]
    planned = runs.plan(load, seed, customers, days, start, options.sets(sets), twin=twin)
    place = out if out is not None else folder.default_place(planned.load.name, planned.load.seed)
    with live_if_wanted() as progress:
        done = runs.carry_out(planned, place, force, progress)
    if as_json:
        output.emit_json(_document(done, place))
    else:
        _summarise(done, place)
    announce(done.audit, strict)
    all_met = _check_expectations(planned.load, done, changed, as_json)
    return exit_code(done.audit, strict) or int(not all_met)


def _check_expectations(load: "Load", done: "Run", changed: list[str], quiet: bool) -> bool:
    """Hold the run against what its load expects; what is missed is told on stderr. They are expectations of the load
    as its file has it: where it was `changed` they are not checked. Whether all were met."""
    from sim.scenario.expected import missed

    expected = load.expect
    if expected is None:
        return True
    if changed:
        if not quiet:
            output.emit(f"Expectations of the load: not checked, it was changed by {', '.join(changed)}.\n")
        return True
    found = missed(expected, done.audit, done.metrics)
    for one in found:
        place = f"{expected.file}:{one.line}: {one.field}"
        print(f"emsim: {place}: expected {one.expected}, actual {one.actual}", file=sys.stderr)
    if not quiet:
        output.emit(f"Expectations of the load: {len(expected) - len(found)} of {len(expected)} met.\n")
    return not found


def _document(done: "Run", place: Path) -> dict[str, object]:
    """What ``--json`` prints (a contract: these keys and no others)."""
    manifest = done.manifest
    return {
        "fingerprint": manifest["fingerprint"],
        "seed": manifest["seed"],
        "policy_hash": manifest["policy_hash"],
        "version": manifest["version"],
        "out": str(place),
        "messages": manifest["counts"]["messages"],
        "events": manifest["counts"]["events"],
        "seconds": manifest["seconds"],
        "verdict": manifest["verdict"],
    }


def _summarise(done: "Run", place: Path) -> None:
    from sim.folder import REPORT
    from sim.summary import key_numbers

    manifest = done.manifest
    load = manifest["load"]
    title = (
        f"{load['title']}\n{load['customers']:,} customers, {load['days']} days from {load['start']}, "
        f"seed {manifest['seed']}: {manifest['counts']['events']:,} events in {manifest['seconds']:.1f} s"
    )
    output.emit_rich(
        *output.audit_parts(done.audit.to_json(1)["rules"], "The audit, rule by rule"),
        "",
        output.two_columns(key_numbers(done.metrics), title),
        *([] if done.before_after is None else output.before_after_parts(done.before_after)),
        *verdict_lines(done.audit),
        "",
        f"Report:  {place / REPORT}",
        f"Folder:  {place}",
    )
