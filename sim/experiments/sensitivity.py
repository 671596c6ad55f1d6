"""How much of what varies over a Latin hypercube each factor explains by itself: first-order indices.

An index is the variance of the metric's mean given the factor, as a share of its whole variance over the design (Sobol
1993). It is estimated from the runs that are there: the metric is fitted by cosines of the factor's place in its range
(Plischke 2012, "How to compute variance-based sensitivity indicators with your spreadsheet software"), or by a mean for
each of a few values, and the share of variance that the fit explains is adjusted for the number of terms in it (Ezekiel
1930). The interval is a bootstrap over the settings, in which a fit is adjusted by the settings that differ.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy import stats

if TYPE_CHECKING:
    import pandas as pd

RESAMPLES = 1000
MOST_TERMS = 6
"""Cosines of a fit: enough for three waves over the range."""
_POINTS_A_TERM = 10
"""So many settings allow another cosine."""
FEWEST_POINTS = 10

Floats = np.ndarray


class Index(NamedTuple):
    """A factor's first-order index from `n` settings: the `share` of the variance (0 to 1) that it explains by itself,
    with the ends of its interval; None when nothing varies or the settings are too few."""

    n: int
    share: float | None
    low: float | None
    high: float | None


def first_order(factor: Sequence[Any], metric: Sequence[float], confidence: float = 0.95) -> Index:
    """The index of a factor by its value and the metric's mean in each setting (no numbers missing)."""
    values = np.asarray(metric, dtype=float)
    n = len(values)
    terms = _terms(factor)
    if n < FEWEST_POINTS or n <= terms.shape[1] + 1 or np.ptp(values) == 0:
        return Index(n, None, None, None)
    whole = _explained(terms, values, np.ones((1, n)))[0]
    draws = stats.multinomial(n, [1 / n] * n, seed=1).rvs(RESAMPLES).astype(float)
    drawn = _explained(terms, values, draws)
    tail = (1 - confidence) / 2
    low, high = np.nanquantile(drawn, [tail, 1 - tail])
    return Index(n, *(float(np.clip(each, 0, 1)) for each in (whole, low, high)))


def indices(table: "pd.DataFrame", factors: Sequence[str], metric: str, confidence: float) -> dict[str, Index]:
    """The index of every factor from the results of a Latin hypercube (the load itself is none of its settings)."""
    rows = table[table["variant"] > 0]
    means = rows.groupby("variant")[metric].mean().dropna()
    settings = rows.drop_duplicates("variant").set_index("variant").loc[means.index]
    return {name: first_order(settings[name].tolist(), means.tolist(), confidence) for name in factors}


def _terms(factor: Sequence[Any]) -> Floats:
    """What a metric is fitted by, a column a term, without the constant."""
    known = list(dict.fromkeys(factor))
    numbers = all(isinstance(each, int | float) and not isinstance(each, bool) for each in known)
    if not numbers or len(known) <= MOST_TERMS + 1:
        return np.array([[each == value for value in known[1:]] for each in factor], dtype=float)
    places = np.asarray(factor, dtype=float)
    shares = (places - places.min()) / np.ptp(places)
    count = max(1, min(MOST_TERMS, len(factor) // _POINTS_A_TERM))
    return np.cos(np.pi * np.outer(shares, np.arange(1, count + 1)))


def _explained(terms: Floats, values: Floats, weights: Floats) -> Floats:
    """The adjusted share of variance that a fit explains, for each row of `weights` (how often each setting counts)."""
    columns = np.column_stack([np.ones(len(values)), terms])
    n = weights.sum(axis=1)
    differ = (weights > 0).sum(axis=1)
    centred = values - (weights @ values / n)[:, None]
    total = (weights * centred**2).sum(axis=1)
    squares = np.einsum("bn,np,nq->bpq", weights, columns, columns)
    products = np.einsum("bn,bn,np->bp", weights, centred, columns)
    fit = np.einsum("bpq,bq->bp", np.linalg.pinv(squares, hermitian=True), products)
    explained = (fit * products).sum(axis=1) / total
    freedom = differ - columns.shape[1]
    adjusted: Floats = np.where(freedom > 0, 1 - (1 - explained) * (differ - 1) / np.maximum(freedom, 1), np.nan)
    return adjusted
