"""Replays of recorded streams: what another reading or another value of the policy would have changed.

>>> import sim.replay
>>> found = sim.replay.readings("four_weeks", customers=500)
>>> found.frame()                       # a row a reading; found.questions, found.to_json()
>>> changed = sim.replay.whatif("runs/four_weeks-seed1", set={"cs-daily-limit.limit": 4})
>>> changed.frame()                     # a row a message; changed.by_zone(), changed.plot()
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.progress import Progress
    from sim.replay.other_values import WhatIf
    from sim.replay.results import Readings

__all__ = ["readings", "whatif"]


def readings(
    scenario: Path | str,
    rule: str | None = None,
    *,
    closed_loop: bool = False,
    seed: int | None = None,
    customers: int | None = None,
    days: int | None = None,
    set: Mapping[str, object] | None = None,
    progress: "Progress | None" = None,
) -> "Readings":
    """Try every other reading of each ambiguous rule (or of `rule`) on the same recorded stream of requests.

    `scenario`: a load by name or file, a file of scripted scenarios, or a run folder. With `closed_loop` a load is
    simulated anew under each reading. What is given besides replaces what a load says. Raises InputError.
    """
    from sim.policy.policy import load_policy
    from sim.replay.questions import ambiguous, ask
    from sim.replay.recordings import read

    ambiguous(load_policy(), rule)
    return ask(read(scenario, seed, customers, days, set, progress), rule, closed_loop, progress)


def whatif(
    log: Path | str,
    *,
    set: Mapping[str, object] | None = None,
    customers: Path | str | None = None,
    mapping: Mapping[str, str] | None = None,
    times_in: str | None = None,
    progress: "Progress | None" = None,
) -> "WhatIf":
    """Replay a run folder, or somebody else's messages table, with other values of the policy (open loop).

    `customers`, `mapping` and `times_in` help to read a messages table, as in ``emsim audit``. Raises InputError.
    """
    from sim.replay.other_values import what_if

    companion = None if customers is None else Path(customers)
    return what_if(Path(log), set or {}, companion, mapping, times_in, progress)
