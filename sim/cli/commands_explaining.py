"""Commands that say why: explain, diff."""

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.base import AsJson, app


# A suppressed message's id is below 0, and must not be taken for an option.
@app.command(context_settings={"ignore_unknown_options": True})
def explain(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A run folder.")],
    message: Annotated[
        str,
        typer.Argument(
            metavar="MESSAGE_ID", help="An id of messages.parquet, or CUSTOMER/TEMPLATE/DATE for a debt message."
        ),
    ],
    as_json: AsJson = False,
) -> None:
    """Say why a message went, waited, was refused or lost, and from when it would go.

    Every rule that it was put to, in order, with the facts that the rule saw at that instant; what became of it; and
    for a refusal or a hold the earliest instant at which a Send would go at once. All is rebuilt from the history and
    judged by the policy saved with the run; where the run did otherwise, that is said first.

    A suppressed debt message is named by its id in messages.parquet (below 0), or by customer, template and the date of
    a nightly run, which also says why a message was not eligible.

    \b
    Examples:
      emsim explain runs/four_weeks-seed1 1234
      emsim explain runs/four_weeks-seed1 -5678                       a suppressed one
      emsim explain runs/four_weeks-seed1 70/debt_due_soon/2026-10-05 a night
      emsim explain runs/four_weeks-seed1 1234 --json
    """
    from sim.cli.explain_command import print_explanation

    raise typer.Exit(print_explanation(run, message, as_json))


@app.command()
def diff(
    first: Annotated[Path, typer.Argument(metavar="RUN_A", help="A run folder.")],
    second: Annotated[Path, typer.Argument(metavar="RUN_B", help="Another run folder.")],
    limit: Annotated[int, typer.Option(min=0, help="How many examples of each manner of difference are told.")] = 3,
    as_json: AsJson = False,
) -> None:
    """Find where two runs part first, and who came out differently, how and why.

    Messages are matched by what caused them, not by their ids. The first decision about one request that came out
    differently is told with the facts that differ and the value that explains it; then all differences by what was
    decided and by which rule. Runs of different seeds or populations have only totals in common. For the metrics of two
    runs side by side see emsim compare.

    Exit codes: 0 the runs are the same, 1 they differ, 2 bad input.

    \b
    Examples:
      emsim diff runs/four_weeks-seed1 limit_three
      emsim diff runs/four_weeks-seed1 limit_three --limit 10
      emsim diff before after --json
    """
    from sim.cli.diff_command import print_difference

    raise typer.Exit(print_difference(first, second, limit, as_json))
