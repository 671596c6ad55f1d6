"""Commands for those who test a messaging system: validate, probe, faults."""

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.base import AsJson, app


@app.command()
def validate(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Files, or folders of them.")],
    as_json: AsJson = False,
) -> None:
    """Check files without running them: each error names file, line, field and what is allowed.

    Scenarios, loads, experiments and systems (kind: scenario, load, experiment, system). Of a folder all files that
    begin with emsim: 1 are checked. The exit code is 2 when one of them cannot be used.

    \b
    Examples:
      emsim validate my_scenario.yaml
      emsim validate scenarios                      every file that ships
      emsim validate my_scenarios --json
    """
    from sim.cli.validate_command import validate as validate_files

    raise typer.Exit(validate_files(files, as_json))


@app.command()
def probe(
    system: Annotated[
        str, typer.Argument(metavar="SYSTEM", help="As --emsim-system of pytest takes it; ours: our own systems.")
    ],
    as_json: AsJson = False,
) -> None:
    """Call each verb of a messaging system once, and say which are supported and which answers break the protocol.

    It judges no rule: that is what pytest is for (scenarios/systems/README.md).

    \b
    Examples:
      emsim probe mine.system:make
      emsim probe http://127.0.0.1:8080
      emsim probe "run: ./serve --port {port}" --json
      emsim probe small_http
    """
    from sim.cli.probe_command import probe as probe_system

    raise typer.Exit(probe_system(system, as_json))


@app.command()
def faults(
    suite: Annotated[
        Path | None, typer.Argument(metavar="SUITE", help="A folder of scenarios, or one file; else those that ship.")
    ] = None,
    names: Annotated[
        list[str] | None, typer.Option("--fault", metavar="NAME", help="Only this fault; may be given many times.")
    ] = None,
    workers: Annotated[int | None, typer.Option(min=1, max=64, help="Processes; as many as cores.")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Stop at the first kill, the fault's own rule first.")] = False,
    limit: Annotated[float, typer.Option(min=1, metavar="SECONDS", help="How long one fault may take.")] = 300.0,
    as_json: AsJson = False,
) -> None:
    """Put every planted fault on trial: which scenarios notice it, and which rules of the audit by themselves?

    A fault is our system with one thing broken (fakes/broken). The suite must catch each, and so must the audit, on
    generated loads and without any expectation, unless no history can show it. The exit code is 1 when one survives
    or takes too long.

    \b
    Examples:
      emsim faults                                  the whole kill table, half an hour
      emsim faults --quick                          stop at the first kill of each
      emsim faults my_scenarios --fault six_a_day   would my own suite notice it?
      emsim faults --json
    """
    from sim.cli.faults_command import print_faults

    raise typer.Exit(print_faults(suite, names or [], workers, quick, limit, as_json))
