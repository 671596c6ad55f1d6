"""Which settings no other beats, and how sure that is.

Less is better in every column here; whoever asks turns the sign of what should be more.
"""

from collections.abc import Callable

import numpy as np
from scipy import stats

RESAMPLES = 1000

Floats = np.ndarray


def unbeaten(values: Floats) -> list[int]:
    """The rows that no other row beats: none is at most as high in every column and lower in one.

    A row with a missing number (NaN) beats nobody and is not among them. Of equal rows all are.
    """
    return [int(row) for row in np.flatnonzero(_unbeaten(values))]


def unbeaten_shares(runs: Floats, seen: Callable[[Floats], Floats]) -> list[float] | None:
    """How often each setting is unbeaten when the seeds are drawn anew (Efron's bootstrap).

    `runs` has shape (settings, seeds, columns), NaN where a run gave no number; `seen` is what is compared of the means
    (settings, columns). A seed is drawn for all settings at
    once, because they share it. None with fewer than three seeds. The resamples are the same each time.
    """
    seeds = runs.shape[1]
    if seeds <= 2:
        return None
    draws = stats.multinomial(seeds, [1 / seeds] * seeds, seed=1).rvs(RESAMPLES)
    known = ~np.isnan(runs)
    filled = np.where(known, runs, 0.0)
    counts = np.zeros(len(runs), dtype=int)
    for weights in draws:
        total = np.einsum("vsk,s->vk", known, weights)
        sums = np.einsum("vsk,s->vk", filled, weights)
        means = np.divide(sums, total, out=np.full_like(sums, np.nan), where=total > 0)
        counts += _unbeaten(seen(means))
    return [int(count) / RESAMPLES for count in counts]


def _unbeaten(values: Floats) -> Floats:
    whole = ~np.isnan(values).any(axis=1)
    found: Floats = whole.copy()
    for row in np.flatnonzero(whole):
        no_worse = (values <= values[row]).all(axis=1)
        better = (values < values[row]).any(axis=1)
        found[row] = not (no_worse & better).any()
    return found
