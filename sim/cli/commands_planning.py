"""Commands for those who plan: sweep, compare."""

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.base import AsJson, app


@app.command()
def sweep(
    experiment: Annotated[str, typer.Argument(metavar="FILE", help="An experiment: a file, or one that ships.")],
    workers: Annotated[int | None, typer.Option(min=1, max=512, help="Processes; as many as cores.")] = None,
    dask: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Use the Dask cluster of this scheduler, tcp://HOST:PORT.")
    ] = None,
    replications: Annotated[int | None, typer.Option(min=1, help="How many runs each variant gets.")] = None,
    customers: Annotated[int | None, typer.Option(min=1, help="How many customers.")] = None,
    days: Annotated[int | None, typer.Option(min=1, help="How many days.")] = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Where the results go.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with a sweep that was stopped.")] = False,
    estimate: Annotated[
        bool, typer.Option("--estimate", help="Make one run, say how long all would take, and write nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Run every variant of an experiment several times, and say what the differences are worth.

    Results go to runs/sweep-NAME unless --out names another place: results.parquet, a row a run, summary.json and
    plots. After Ctrl-C, --resume goes on with what is missing. Options replace what the file says. The results are the
    same for any number of workers, on this machine or on a cluster.

    \b
    Ships: confirmation, daily_limit, gateway, officers, precall_effect, release_spread, window

    \b
    Examples:
      emsim sweep daily_limit                                     what does another daily limit change?
      emsim sweep officers --replications 10 --workers 4
      emsim sweep my_experiment.yaml --customers 500 --days 5     a small one first
      emsim sweep officers --estimate                             how long would it take?
      emsim sweep daily_limit --resume                            go on after Ctrl-C
      emsim sweep officers --dask tcp://10.0.0.5:8786             on a cluster
    """
    from sim.cli.sweep_command import Wanted, run_sweep, show_estimate

    wanted = Wanted(experiment, replications, customers, days, workers, dask, out)
    if estimate:
        raise typer.Exit(show_estimate(wanted, as_json))
    raise typer.Exit(run_sweep(wanted, resume, as_json))


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
