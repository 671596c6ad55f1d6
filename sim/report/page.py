"""Pages from templates: one HTML text that refers to nothing outside itself."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sim.report.words import breakable, shown

_FOLDER = Path(__file__).parent


def render(template: str, **values: Any) -> str:
    """The page of a template in this folder, with our style as `css`. What is left out of `values` is an error."""
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"shown": shown, "breakable": breakable}
    return environment.get_template(template).render(css=(_FOLDER / "report.css").read_text(encoding="utf-8"), **values)
