"""The coverage of the policy in a test session: asked for by options, gathered from workers, shown at the end.

Nothing heavy is imported before it is asked for.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from sim.scenario.coverage import Covered, Part

OPTION, FAIL_UNDER = "--emsim-coverage", "--emsim-fail-under"
SHOWN = "shown"
"""The value of the option without a file."""
_WORKERS = "emsim_coverage"

_COVERED: "pytest.StashKey[Covered]" = pytest.StashKey()


def add_options(group: pytest.OptionGroup) -> None:
    """The two options."""
    group.addoption(
        OPTION, metavar="FILE.json", nargs="?", const=SHOWN, default=None, dest="emsim_coverage",
        help="Show which edges, reasons, zones and readings of each rule were exercised; with =FILE.json write it too.",
    )  # fmt: skip
    group.addoption(
        FAIL_UNDER, metavar="PERCENT", type=float, default=None, dest="emsim_fail_under",
        help="Fail when less of the policy was exercised.",
    )  # fmt: skip


def separate(arguments: list[str]) -> None:
    """A path that follows the option is no value of it: that is written with ``=``."""
    for place, argument in enumerate(arguments):
        if argument == OPTION:
            arguments[place] = f"{OPTION}={SHOWN}"


def check_options(config: pytest.Config) -> None:
    """Raises UsageError for values that cannot be used."""
    least, file = config.option.emsim_fail_under, config.option.emsim_coverage
    if least is not None and not 0 <= least <= 100:
        raise pytest.UsageError(f"{FAIL_UNDER}: must be a number from 0 to 100 (value {least:g})")
    if file in (None, SHOWN):
        return
    if not file.endswith(".json"):
        raise pytest.UsageError(f"{OPTION}: must be the name of a .json file (value {file!r})")
    if not Path(file).absolute().parent.is_dir() or Path(file).is_dir():
        raise pytest.UsageError(f"{OPTION}: there is no folder for it (value {file!r})")


def is_wanted(config: pytest.Config) -> bool:
    """Whether one of the options was given."""
    return config.option.emsim_coverage is not None or config.option.emsim_fail_under is not None


def covered(config: pytest.Config) -> "Covered":
    """What the session has exercised so far."""
    found = config.stash.get(_COVERED, None)
    if found is None:
        from sim.scenario.coverage import Covered

        found = config.stash[_COVERED] = Covered()
    return found


def exercised(config: pytest.Config, node_id: str, parts: "Iterable[Part]") -> None:
    """Keep what an item exercised."""
    if is_wanted(config):
        covered(config).add(node_id, parts)


def hand_in(config: pytest.Config) -> bool:
    """In a worker: give what was exercised to the controller. Whether this is a worker."""
    output: dict[str, Any] | None = getattr(config, "workeroutput", None)
    if output is None:
        return False
    if is_wanted(config):
        output[_WORKERS] = covered(config).plain()
    return True


def take_from(node: Any) -> None:
    """In the controller: what a worker exercised."""
    plain = getattr(node, "workeroutput", {}).get(_WORKERS)
    if plain:
        covered(node.config).merge(plain)


def finish(session: pytest.Session) -> None:
    """Write the file, and fail the session where too little was exercised."""
    config = session.config
    if hand_in(config) or not is_wanted(config) or config.option.collectonly:
        return
    file, least = config.option.emsim_coverage, config.option.emsim_fail_under
    if file not in (None, SHOWN):
        text = json.dumps(covered(config).to_json(), indent=2, ensure_ascii=False) + "\n"
        Path(file).write_text(text, encoding="utf-8")
    if least is not None and covered(config).percent() < least and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def show(reporter: Any, config: pytest.Config) -> None:
    """The table at the end of the session."""
    if not is_wanted(config) or config.option.collectonly:
        return
    found, least, file = covered(config), config.option.emsim_fail_under, config.option.emsim_coverage
    reporter.section("coverage of the policy")
    for line in found.lines():
        reporter.write_line(line)
    if file not in (None, SHOWN):
        reporter.write_line(f"Written to {file}")
    if least is not None:
        percent = found.percent()
        enough = percent >= least
        compared = "at least" if enough else "less than"
        told = f"emsim: {percent:.1f}% is {compared} the {least:g}% of {FAIL_UNDER}"
        reporter.write_line(told, green=enough, red=not enough)
