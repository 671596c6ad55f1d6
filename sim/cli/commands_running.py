"""Commands that make and judge runs: run, audit, rules, loads."""

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.base import AsJson, Sets, Strict, app


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
    twin: Annotated[
        bool, typer.Option("--twin", help="Also run it without the changes of its policy, and compare day by day.")
    ] = False,
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
      emsim run limit_changes --twin                     what does a limit of four from 1 November change?
      emsim run my_load.yaml --force --json              a load of one's own, for a script
    """
    from sim.cli.run_command import run_load

    raise typer.Exit(run_load(load, seed, customers, days, start, sets or [], out, force, as_json, strict, twin))


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
def rules(
    sets: Sets = None,
    load: Annotated[
        str | None, typer.Option(metavar="LOAD", help="A load, by name or file: its values, and what changes when.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print every rule of the policy: who enforces it, its values, their status, and the clause.

    \b
    Examples:
      emsim rules
      emsim rules --json
      emsim rules --set cs-daily-limit.limit=3
      emsim rules --load limit_changes
    """
    from sim.cli.rules_command import print_rules

    raise typer.Exit(print_rules(sets or [], load, as_json))


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
