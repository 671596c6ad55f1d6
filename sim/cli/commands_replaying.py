"""Commands that replay what was recorded under another policy: readings."""

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
