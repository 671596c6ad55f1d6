"""The command line's application, and the options that its commands share."""

from typing import Annotated

import typer

from sim import __version__

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
