"""``emsim probe``: every verb of a system under test, called once."""

from typing import TYPE_CHECKING

from sim.cli import output
from sim.errors import InputError
from sim.scenario.conversation import BrokenProtocol, NotKnown, SystemGone

if TYPE_CHECKING:
    from sim.scenario.systems.probe import Tried

BROKEN = 1


def probe(system: str, as_json: bool) -> int:
    """Try the system and show what came of it. Returns 1 when it breaks the protocol or leaves a call unanswered."""
    from sim.scenario.systems import probe as tries

    try:
        found = tries.probe(system)
    except InputError as error:
        raise InputError(error.problem, error.file, error.line, error.field if error.file else "SYSTEM") from None
    except (BrokenProtocol, NotKnown, SystemGone) as error:
        raise InputError(str(error), field="SYSTEM") from None
    if as_json:
        output.emit_json({"system": system, "verbs": {one.verb: _row(one) for one in found}})
    else:
        _show(found)
    return BROKEN if any(one.verdict in (tries.BROKEN, tries.NOT_ANSWERED) for one in found) else 0


def _row(one: "Tried") -> dict[str, str]:
    return {"verdict": one.verdict, "remark": one.remark}


def _show(found: "list[Tried]") -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("verb", "verdict", "remark"):
        table.add_column(name, no_wrap=name != "remark")
    for one in found:
        table.add_row(one.verb, one.verdict, one.remark)
    output.emit_rich(table)
