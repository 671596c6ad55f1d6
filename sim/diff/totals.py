"""Numbers of two runs side by side, whoever they are about."""

from collections import Counter
from typing import TYPE_CHECKING

from sim.diff.difference import Total
from sim.explain import words
from sim.messages import System

if TYPE_CHECKING:
    import pandas as pd


def totals(first: "pd.DataFrame", second: "pd.DataFrame") -> list[Total]:
    """Of two tables of messages: by system and outcome, refusals and withdrawals by their first reason, and the nights
    of suppressed debt messages."""
    counts = [_counts(table) for table in (first, second)]
    names = dict.fromkeys([*counts[0], *counts[1]])
    return [Total(name, counts[0].get(name, 0), counts[1].get(name, 0)) for name in names]


def _counts(table: "pd.DataFrame") -> dict[str, int]:
    found = {}
    issued = table[table["outcome"] != "suppressed"]
    sizes = issued.groupby(["system", "outcome"], observed=True).size().reset_index(name="messages")
    for system, outcome, number in sizes.itertuples(index=False):
        found[f"{words.SYSTEMS[System[str(system).upper()]]}: {outcome}"] = int(number)
    for outcome in ("refused", "withdrawn"):
        first = Counter(_first(text) for text in table.loc[table["outcome"] == outcome, "reasons"])
        found.update({f"{outcome} by {name}": first[name] for name in sorted(first)})
    suppressed = table.loc[table["outcome"] == "suppressed", ["reasons", "nights"]]
    nights = Counter[str]()
    for reasons, number in suppressed.itertuples(index=False):
        nights[_first(reasons)] += int(number)
    found.update({f"nights suppressed by {name}": nights[name] for name in sorted(nights)})
    return found


def _first(reasons: str) -> str:
    """The first of the reasons of a row."""
    return reasons.partition(";")[0]
