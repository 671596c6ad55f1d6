"""Commands for those who test a messaging system: validate."""

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.base import AsJson, app


@app.command()
def validate(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Scenario files, loads and experiments.")],
    as_json: AsJson = False,
) -> None:
    """Check files of scenarios, loads and experiments without running them.

    Each error names file, line, field and what is allowed.

    \b
    Examples:
      emsim validate scenarios/rules/limits/*.yaml
      emsim validate my_scenario.yaml --json
    """
    from sim.cli.validate_command import validate as validate_files

    raise typer.Exit(validate_files(files, as_json))
