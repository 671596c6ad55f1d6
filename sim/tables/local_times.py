"""Local times of many instants at once."""

from typing import Any

import numpy as np
import pandas as pd

from sim.clock import MINUTE, clock
from sim.tables.columns import NEVER, Ints, milliseconds

# Every change of offset in the years that we cover falls on a quarter of an hour UTC, so one look-up serves each.
_QUARTER = 15 * MINUTE


def local_milliseconds(times: Ints, zone: str) -> Ints:
    """What the wall clock of `zone` shows at the instants `times`, as ms since 1970-01-01T00:00 of that wall clock."""
    calendar = clock(zone)
    quarters, inverse = np.unique(times // _QUARTER, return_inverse=True)
    offsets = np.array([calendar.offset(int(quarter) * _QUARTER) for quarter in quarters], dtype=np.int64)
    return times + offsets[inverse] if len(times) else times.copy()


def with_local_times(frame: pd.DataFrame) -> pd.DataFrame:
    """A copy with, behind each timestamp column, the same in local time (`sent_at` gets `sent_at_local`).

    Local times are naive, because the rows of one column lie in different zones; the zone is the row's `timezone`.
    Raises ValueError when the frame has no such column. Rows without a zone get NaT.
    """
    if "timezone" not in frame.columns:
        raise ValueError("the frame has no column 'timezone' to tell local times by")
    zones = frame["timezone"].astype("object").to_numpy()
    out: dict[str, Any] = {}
    for name in frame.columns:
        out[name] = frame[name]
        if isinstance(frame[name].dtype, pd.DatetimeTZDtype):
            utc = milliseconds(frame[name])
            local = np.full(len(frame), NEVER, dtype=np.int64)
            for zone in frame["timezone"].dropna().unique():
                rows = (zones == zone) & (utc != NEVER)
                local[rows] = local_milliseconds(utc[rows], str(zone))
            out[f"{name}_local"] = pd.Series(local.astype("datetime64[ms]"), index=frame.index)
    return pd.DataFrame(out, index=frame.index)
