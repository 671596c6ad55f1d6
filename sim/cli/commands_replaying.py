"""Commands that replay what was recorded under another policy: readings, whatif."""

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.base import AsJson, Sets, app


@app.command()
def readings(
    scenario: Annotated[str, typer.Argument(help="A load by name or file, a scenario file, or a run folder.")],
    rule: Annotated[str | None, typer.Option(metavar="ID", help="Only the readings of this rule.")] = None,
    closed_loop: Annotated[
        bool, typer.Option("--closed-loop", help="Simulate the load anew under each reading, with all that follows.")
    ] = False,
    seed: Annotated[int | None, typer.Option(min=0, max=2**63 - 1, help="The seed of all draws.")] = None,
    customers: Annotated[int | None, typer.Option(min=1, help="How many customers (of a load).")] = None,
    days: Annotated[int | None, typer.Option(min=1, help="How many days (of a load).")] = None,
    sets: Sets = None,
    as_json: AsJson = False,
) -> None:
    """Show what each named reading of an ambiguous rule would change, as questions for a policy owner.

    The scenario is run (or read) once, and its requests are replayed under each other reading: how many messages and
    customers come out differently, how, by how long, and one example in local time. Readings that bind no system are
    tried on the audit.

    \b
    Examples:
      emsim readings four_weeks --customers 5000
      emsim readings runs/four_weeks-seed1 --rule cs-send-window
      emsim readings scenarios/rules/window/the_next_day_in_both_readings.yaml
      emsim readings four_weeks --customers 2000 --closed-loop --json
    """
    from sim.cli.readings_command import print_readings

    raise typer.Exit(print_readings(scenario, rule, closed_loop, seed, customers, days, sets or [], as_json))


@app.command()
def whatif(
    log: Annotated[Path, typer.Argument(metavar="LOG", help="A run folder, or a CSV or Parquet file of messages.")],
    sets: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="NAME=VALUE", help="A value of the policy that is other; may be given many times."
        ),
    ] = None,
    customers: Annotated[
        Path | None, typer.Option(metavar="FILE", help="What is known of the customers, beside a messages file.")
    ] = None,
    columns: Annotated[
        list[str] | None, typer.Option("--map", metavar="OURS=THEIRS", help="The file's own name of a column.")
    ] = None,
    times_in: Annotated[
        str | None, typer.Option(metavar="ZONE", help="The zone of times without an offset, such as Australia/Perth.")
    ] = None,
    plot: Annotated[Path | None, typer.Option(metavar="FILE.png", help="Also draw what would be different.")] = None,
    scenario_out: Annotated[
        Path | None,
        typer.Option("--scenario-out", metavar="FILE.yaml", help="Also write one difference as a minimal scenario."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Replay a recorded log with other values of the policy: which messages would have come out differently?

    Requests keep their instants and recipients their records (open loop). Of somebody else's log it also tells how far
    our systems agree with what it says, and what is assumed because the log does not say it.

    \b
    Examples:
      emsim whatif runs/four_weeks-seed1 --set cs-daily-limit.limit=4 --plot limit.png
      emsim whatif runs/four_weeks-seed1 --set cs-send-window.closes=19:00 --json
      emsim whatif runs/four_weeks-seed1 --set cs-daily-limit.limit=4 --scenario-out sixth.yaml
      emsim whatif export.csv --customers people.csv             does their system decide as ours would?
      emsim whatif export.csv --scenario-out breach.yaml         a disagreement as a scenario for pytest
      emsim whatif export.csv --times-in Australia/Sydney --map customer_id=CRN --set cs-hourly-confirmation.minutes=30
    """
    from sim.cli.whatif_command import WhatIfOptions, print_what_if

    options = WhatIfOptions(sets or [], customers, columns or [], times_in, plot, scenario_out, as_json)
    raise typer.Exit(print_what_if(log, options))
