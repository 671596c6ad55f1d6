"""Suppressed debt messages as rows of the messages table: a row a span of nights."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from sim.history import Event
from sim.messages import Channel, Outcome, System, reason_names
from sim.tables.columns import Rows, categories, instants, text_column, zone_column, zones_at
from sim.tables.nights import night_spans
from sim.tables.templates import kind_column, service_column, template_column


def suppressed_rows(rows: Rows, policy_plain: Mapping[str, Any]) -> pd.DataFrame:
    """A row a span of nightly runs in which one message was suppressed in one manner, latest recorded first.

    A suppressed message was never issued and has no id: `message_id` is −`seq` of its SUPPRESSED event, which no
    message has, and the same whenever the history is read. `issued_at` is the instant of the first run, `timezone` the
    one on record then, `reasons` why, `winner` the template to which it lost, `nights` the number of runs.
    """
    spans = night_spans(rows, Event.SUPPRESSED, Event.SUPPRESSED_ENDED).iloc[::-1].reset_index(drop=True)
    codes, systems, masks = (spans[name].to_numpy() for name in ("template", "system", "reasons"))
    everywhere = np.ones(len(spans), dtype=np.int64)
    frame = pd.DataFrame({"message_id": -spans["seq"], "customer_id": spans["customer"]})
    frame["system"] = categories(systems, System, last=System.SAP)
    frame["channel"] = categories(everywhere * Channel.SMS, Channel)
    frame["template"] = template_column(codes, policy_plain)
    frame["service"] = service_column(codes, policy_plain)
    frame["kind"] = kind_column(codes, systems, everywhere * 0, policy_plain)
    frame["timezone"] = zone_column(zones_at(rows, spans["customer"].to_numpy(), spans["time"].to_numpy()))
    frame["issued_at"] = instants(spans["time"].to_numpy())
    frame["outcome"] = categories(everywhere * Outcome.SUPPRESSED, Outcome, last=Outcome.SUPPRESSED)
    frame["reasons"] = text_column(masks, {mask: ";".join(reason_names(mask)) for mask in np.unique(masks).tolist()})
    frame["winner"] = template_column(spans["winner"].to_numpy(), policy_plain)
    frame["nights"] = spans["last_day"] - spans["first_day"] + 1
    return frame


def put_first(suppressed: pd.DataFrame, frame: pd.DataFrame) -> pd.DataFrame:
    """`suppressed` before the rows of `frame`, with the columns and types of the latter; what no suppressed message has
    is False, 0, empty or missing."""
    if not len(suppressed):
        return frame
    whole = pd.DataFrame(index=suppressed.index)
    for name in frame.columns:
        dtype = frame[name].dtype
        if isinstance(dtype, pd.CategoricalDtype) and name in suppressed:
            given = suppressed[name].cat.categories
            dtype = pd.CategoricalDtype([*dtype.categories, *given.difference(dtype.categories)])
            frame[name] = frame[name].astype(dtype)
        values = suppressed[name] if name in suppressed else [_nothing(name, dtype)] * len(suppressed)
        whole[name] = pd.Series(values, index=suppressed.index, dtype=dtype)
    return pd.concat([whole, frame], ignore_index=True)


def _nothing(name: str, dtype: Any) -> Any:
    """What stands in this column for a message that was never issued."""
    if name in ("sender", "text"):
        return ""
    if pd.api.types.is_bool_dtype(dtype):
        return False
    return 0 if pd.api.types.is_integer_dtype(dtype) else None
