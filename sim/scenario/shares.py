"""How the scenarios of a session are shared out to the workers of pytest-xdist.

Scenarios that are judged together are cheap, and a batch of them is not: a worker must get many at once, and must know
which. Controller and workers see the same node ids in the same order, so each works out the same shares from them. A
file is never divided; a load is a share of its own.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pytest

A_WORKER = 1
"""Shares of scenarios for each worker. More even out what they cost and cost more batches; one took least time."""
LOAD_ITEM = "load"
"""The name of the only item of a load's file."""


def file_of(node_id: str) -> str:
    """The file of a node id; empty for what is not in a YAML file, and for a load."""
    file, _, name = node_id.partition("::")
    return file if file.endswith((".yaml", ".yml")) and name != LOAD_ITEM else ""


def shares(node_ids: Sequence[str], count: int) -> dict[str, int]:
    """The share, from 0 to `count` - 1, of every scenario file among `node_ids`: neighbours together, about as many
    scenarios in each."""
    sizes: dict[str, int] = {}
    for file in map(file_of, node_ids):
        if file:
            sizes[file] = sizes.get(file, 0) + 1
    total, before, found = sum(sizes.values()), 0, {}
    for file, size in sizes.items():
        found[file] = (2 * before + size) * count // (2 * total)
        before += size
    return found


def of_this_worker(config: "pytest.Config", node_ids: Sequence[str]) -> list[int]:
    """The share of each node id; all 0 where there are no workers."""
    workers: int = getattr(config, "workerinput", {}).get("workercount", 0)
    found = shares(node_ids, workers * A_WORKER) if workers else {}
    return [found.get(file_of(node_id), 0) for node_id in node_ids]


def scheduling(config: "pytest.Config", log: Any) -> Any:
    """A scheduler that gives whole shares to workers, and everything else one by one."""
    from xdist.scheduler import LoadScopeScheduling

    class Scheduling(LoadScopeScheduling):  # type: ignore[misc]
        """Whole shares of scenarios; everything else alone."""

        _shares: dict[str, int] | None = None

        def _split_scope(self, nodeid: str) -> str:
            if self._shares is None:
                self._shares = shares(self.collection or (), self.numnodes * A_WORKER)
            share = self._shares.get(file_of(nodeid))
            return nodeid if share is None else f"emsim scenarios {share}"

    return Scheduling(config, log)
