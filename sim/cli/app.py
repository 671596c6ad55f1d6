"""The commands with their options and help, and what becomes of errors.

Exit codes (design, "Exit codes"): 0 no failure, 1 a rule failed (or was unknown, with --strict), 2 the input is bad,
3 our own fault, 130 Ctrl-C.
"""

import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Annotated, NoReturn

import typer

from sim import __version__
from sim.errors import InputError, Stopped

BAD_INPUT, OUR_FAULT, INTERRUPTED, TERMINATED = 2, 3, 130, 143

app = typer.Typer(
    name="emsim",
    help="Simulate, test and audit a government agency's text messaging under strict rules.",
    epilog="Start with: emsim run. Each command has its own --help with examples.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Sets = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="Change one value for this run; may be given many times."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else on stdout.")]
Strict = Annotated[bool, typer.Option("--strict", help="Let a rule that could not be judged count as a failure.")]


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"emsim {__version__}")
        raise typer.Exit


@app.callback()
def _emsim(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Simulate, test and audit a government agency's text messaging under strict rules."""


@app.command()
def run(
    load: Annotated[str, typer.Argument(help="The name of a load that ships, or a file.")] = "four_weeks",
    seed: Annotated[int | None, typer.Option(min=0, max=2**63 - 1, help="The seed of all draws.")] = None,
    customers: Annotated[int | None, typer.Option(min=1, help="How many customers.")] = None,
    days: Annotated[int | None, typer.Option(min=1, help="How many days.")] = None,
    start: Annotated[str | None, typer.Option(metavar="DATE", help="The first day, such as 2026-09-21.")] = None,
    sets: Sets = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Where the run folder goes.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an earlier run in that place.")] = False,
    as_json: AsJson = False,
    strict: Strict = False,
) -> None:
    """Simulate a load, audit it rule by rule, and write a run folder with tables, plots and a report.

    The folder is runs/LOAD-seedN unless --out names another. Options replace what the load says.

    \b
    Examples:
      emsim run                                          four weeks across Australia
      emsim run four_weeks --customers 500 --days 7      a small one
      emsim run --seed 2 --set cs-daily-limit.limit=3    what if the limit were three?
      emsim run --set staff.officers=40 --out fewer      what if there were fewer officers?
      emsim run my_load.yaml --force --json              a load of one's own, for a script
    """
    from sim.cli.run_command import run_load

    raise typer.Exit(run_load(load, seed, customers, days, start, sets or [], out, force, as_json, strict))


@app.command()
def audit(
    log: Annotated[Path, typer.Argument(metavar="RUN_OR_MESSAGES", help="A run folder, or a CSV or Parquet file.")],
    customers: Annotated[
        Path | None, typer.Option(metavar="FILE", help="What is known of the customers, beside a messages file.")
    ] = None,
    sets: Sets = None,
    columns: Annotated[
        list[str] | None, typer.Option("--map", metavar="OURS=THEIRS", help="The file's own name of a column.")
    ] = None,
    times_in: Annotated[
        str | None, typer.Option(metavar="ZONE", help="The zone of times without an offset, such as Australia/Perth.")
    ] = None,
    targets: Annotated[
        list[str] | None,
        typer.Option("--target", metavar="RULE=RATE", help="The greatest breach rate of a procedure rule, 0 to 1."),
    ] = None,
    junitxml: Annotated[Path | None, typer.Option(metavar="FILE", help="Also write a test case a rule.")] = None,
    as_json: AsJson = False,
    strict: Strict = False,
) -> None:
    """Judge what was sent against every rule that the log can show.

    A run folder is judged by the policy that was saved with it, a file by the policy in force; --set changes either.
    What a file does not hold makes a rule unknown, never a pass.

    \b
    Examples:
      emsim audit runs/four_weeks-seed1                          a run
      emsim audit runs/four_weeks-seed1 --set cs-daily-limit.counts=attempt_day
      emsim audit export.csv --times-in Australia/Sydney --map customer_id=CRN --map sent_at="Sent time"
      emsim audit export.csv --customers people.csv --json       with what is on record of the people
      emsim audit runs/four_weeks-seed1 --target cs-precall=0.02 --junitxml audit.xml
    """
    from sim.cli.audit_command import AuditOptions, audit_log

    options = AuditOptions(customers, sets or [], columns or [], times_in, targets or [], junitxml, as_json, strict)
    raise typer.Exit(audit_log(log, options))


@app.command()
def sweep(
    experiment: Annotated[str, typer.Argument(metavar="FILE", help="An experiment: a file, or one that ships.")],
    workers: Annotated[int | None, typer.Option(min=1, max=512, help="Processes; as many as cores.")] = None,
    replications: Annotated[int | None, typer.Option(min=1, help="How many runs each variant gets.")] = None,
    customers: Annotated[int | None, typer.Option(min=1, help="How many customers.")] = None,
    days: Annotated[int | None, typer.Option(min=1, help="How many days.")] = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Where the results go.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with a sweep that was stopped.")] = False,
    as_json: AsJson = False,
) -> None:
    """Run every variant of an experiment several times, and say what the differences are worth.

    Results go to runs/sweep-NAME unless --out names another place: results.parquet, a row a run, summary.json and
    plots. After Ctrl-C, --resume goes on with what is missing. Options replace what the file says.

    \b
    Ships: confirmation, daily_limit, gateway, officers, precall_effect, release_spread, window

    \b
    Examples:
      emsim sweep daily_limit                                     what does another daily limit change?
      emsim sweep officers --replications 10 --workers 4
      emsim sweep my_experiment.yaml --customers 500 --days 5     a small one first
      emsim sweep daily_limit --resume                            go on after Ctrl-C
    """
    from sim.cli.sweep_command import run_sweep

    raise typer.Exit(run_sweep(experiment, workers, replications, customers, days, out, resume, as_json))


@app.command()
def compare(
    first: Annotated[Path, typer.Argument(metavar="A", help="A run folder, or the folder of a sweep.")],
    second: Annotated[Path, typer.Argument(metavar="B", help="Another of the same sort.")],
    everything: Annotated[bool, typer.Option("--all", help="Also show what is the same in both runs.")] = False,
    as_json: AsJson = False,
) -> None:
    """Put two runs, or two sweeps, side by side: each metric, the difference, and whether chance explains it.

    Sweeps are compared variant by variant and run by run of the same seed; for single runs there are no intervals.

    \b
    Examples:
      emsim compare runs/four_weeks-seed1 fewer_officers
      emsim compare runs/sweep-daily_limit runs/sweep-more_officers --json
    """
    from sim.cli.compare_command import print_comparison

    raise typer.Exit(print_comparison(first, second, everything, as_json))


@app.command()
def rules(sets: Sets = None, as_json: AsJson = False) -> None:
    """Print every rule of the policy: who enforces it, its values, their status, and the clause.

    \b
    Examples:
      emsim rules
      emsim rules --json
      emsim rules --set cs-daily-limit.limit=3
    """
    from sim.cli.rules_command import print_rules

    raise typer.Exit(print_rules(sets or [], as_json))


@app.command()
def loads(as_json: AsJson = False) -> None:
    """Print the loads that ship with emsim and can be run by name.

    \b
    Examples:
      emsim loads
      emsim run four_weeks
    """
    from sim.cli.rules_command import print_loads

    raise typer.Exit(print_loads(as_json))


@app.command()
def validate(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Scenario files and loads.")],
    as_json: AsJson = False,
) -> None:
    """Check scenario files and loads without running them: each error names file, line, field and what is allowed.

    \b
    Examples:
      emsim validate scenarios/rules/limits/*.yaml
      emsim validate my_scenario.yaml --json
    """
    from sim.cli.validate_command import validate as validate_files

    raise typer.Exit(validate_files(files, as_json))


def main() -> int:
    """Run the command of `sys.argv` and return the exit code. Errors become one line on stderr."""
    signal.signal(signal.SIGTERM, _terminate)
    try:
        code = app(standalone_mode=False, prog_name="emsim")
    except InputError as error:
        return _say(f"emsim: {error}", BAD_INPUT)
    except typer.TyperException as error:
        return _say(f"emsim: {' '.join(error.format_message().split())} (see emsim --help)", BAD_INPUT)
    except Stopped as stopped:
        return _say(f"emsim: {stopped}", INTERRUPTED)
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    except Exception:
        import traceback

        return _say(f"{traceback.format_exc()}emsim: this is a fault of emsim itself; please report it", OUR_FAULT)
    if code == INTERRUPTED:
        return _say("emsim: stopped; nothing was written", INTERRUPTED)
    return int(code or 0)


def _say(text: str, code: int) -> int:
    print(text, file=sys.stderr)
    return code


def _terminate(number: int, frame: FrameType | None) -> NoReturn:
    raise SystemExit(TERMINATED)
