"""Commands for those who plan: sweep, frontier, compare, fit."""

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
    Ships: confirmation, daily_limit, dmis_gap, frontier_search, frontier_staffing, gateway, officers, precall_effect,
    release_spread, sensitivity, tornado, what_if, window

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
def frontier(
    experiment: Annotated[str, typer.Argument(metavar="FILE", help="An experiment with a cost: a file or a name.")],
    runs: Annotated[int | None, typer.Option(min=1, help="How many runs at most.")] = None,
    workers: Annotated[int | None, typer.Option(min=1, max=512, help="Processes; as many as cores.")] = None,
    dask: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Use the Dask cluster of this scheduler, tcp://HOST:PORT.")
    ] = None,
    replications: Annotated[int | None, typer.Option(min=1, help="How many runs each setting gets.")] = None,
    customers: Annotated[int | None, typer.Option(min=1, help="How many customers.")] = None,
    days: Annotated[int | None, typer.Option(min=1, help="How many days.")] = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Where the results go.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with a frontier that was stopped.")] = False,
    as_json: AsJson = False,
) -> None:
    """Find the settings that meet all targets at least cost, and say how sure that is.

    Every setting is run when the runs allow it; otherwise a search proposes settings. Results go to runs/frontier-NAME
    unless --out names another place: those of a sweep, and frontier.png; each point names the command that makes its
    runs again. After Ctrl-C, --resume goes on. Options replace what the file says; the results are the same for any
    number of workers.

    \b
    Ships: frontier_search, frontier_staffing

    \b
    Examples:
      emsim frontier frontier_staffing                        limit 4, closing at 19:00, 10% fewer officers?
      emsim frontier frontier_staffing --replications 10 --runs 120
      emsim frontier frontier_search --runs 300 --workers 4   a search in a larger space
      emsim frontier frontier_staffing --resume               go on after Ctrl-C
    """
    from sim.cli.frontier_command import run_frontier
    from sim.cli.sweep_command import Wanted

    wanted = Wanted(experiment, replications, customers, days, workers, dask, out)
    raise typer.Exit(run_frontier(wanted, runs, resume, as_json))


@app.command()
def compare(
    first: Annotated[Path, typer.Argument(metavar="A", help="A run folder, or the folder of a sweep.")],
    second: Annotated[Path, typer.Argument(metavar="B", help="Another of the same sort.")],
    everything: Annotated[bool, typer.Option("--all", help="Also show what is the same in both runs.")] = False,
    as_json: AsJson = False,
) -> None:
    """Put two runs, or two sweeps, side by side: each metric, the difference, and whether chance explains it.

    Sweeps are compared variant by variant and run by run of the same seed; for single runs there are no intervals.
    For what became of single messages, and which decision parted two runs, see emsim diff.

    \b
    Examples:
      emsim compare runs/four_weeks-seed1 fewer_officers
      emsim compare runs/sweep-daily_limit runs/sweep-more_officers --json
    """
    from sim.cli.compare_command import print_comparison

    raise typer.Exit(print_comparison(first, second, everything, as_json))


@app.command()
def fit(
    log: Annotated[Path, typer.Argument(metavar="LOG", help="A run folder, or a CSV or Parquet file of messages.")],
    customers: Annotated[
        Path | None, typer.Option(metavar="FILE", help="What is known of the customers, beside a messages file.")
    ] = None,
    population: Annotated[
        int | None, typer.Option(min=1, help="How many customers there are, if the file has only those with messages.")
    ] = None,
    columns: Annotated[
        list[str] | None, typer.Option("--map", metavar="OURS=THEIRS", help="The file's own name of a column.")
    ] = None,
    times_in: Annotated[
        str | None, typer.Option(metavar="ZONE", help="The zone of times without an offset, such as Australia/Perth.")
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE.yaml", help="Where the fitted load goes.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an earlier fit in that place.")] = False,
    check_customers: Annotated[
        int | None, typer.Option(min=10, help="How many customers the simulated runs have.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, max=2**63 - 1, help="The seed of the simulated runs.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Estimate the parameters that a log allows, write them as a load, and hold a simulated run against the log.

    Each value comes with its 95% interval, what it rests on and how it was found; what the log cannot tell keeps its
    default, and why is said. The load is fitted-LOG.yaml unless --out names another file; a picture of the comparison
    goes beside it. A file is read as by emsim audit.

    \b
    Examples:
      emsim fit runs/four_weeks-seed1                            from a run
      emsim fit export.csv --times-in Australia/Sydney --map customer_id=CRN
      emsim fit export.csv --customers people.csv --out ours.yaml
      emsim run ours.yaml --set cs-daily-limit.limit=4           then ask: what if?
    """
    from sim.cli.fit_command import FitOptions, fit_log

    given = FitOptions(customers, population, columns or [], times_in, out, force, check_customers, seed, as_json)
    raise typer.Exit(fit_log(log, given))
