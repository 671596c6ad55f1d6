"""The command that makes one run of an experiment again."""

import shlex
from typing import Any

from sim.experiments.experiment import Experiment
from sim.experiments.variants import Variant
from sim.scenario.load import load_file


def command(experiment: Experiment, variant: Variant, seed: int, out: str) -> str:
    """``emsim run`` with everything that tells this run from the load below the experiment, for a shell."""
    load, below = experiment.load, load_file(experiment.source)
    words = ["emsim", "run", experiment.source]
    for option, ours, theirs in (("--customers", load.customers, below.customers), ("--days", load.days, below.days)):
        if ours != theirs:
            words += [option, str(ours)]
    words += ["--seed", str(seed)]
    known = {**below.policy, **below.parameters}
    for name, value in {**load.policy, **load.parameters, **variant.sets}.items():
        if name not in known or known[name] != value:
            words += ["--set", f"{name}={_text(value)}"]
    return shlex.join([*words, "--out", out])


def _text(value: Any) -> str:
    """A value as ``--set`` reads it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return ",".join(map(str, value))
    return str(value)
