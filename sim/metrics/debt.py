"""Debt recovery: what was sent, what was suppressed by what, and how long a suppressed message waits."""

from datetime import date

import numpy as np
import pandas as pd

from sim.clock import AGENCY_ZONE
from sim.history import Event
from sim.messages import System
from sim.metrics.measures import Facts, Measures, local_days, share
from sim.tables import template_values

WAITING_RULES = ("hierarchy", "gap", "one_nudge")
"""The reasons for which a message waits its turn; the other reasons bar it, or it went a few days before."""
ENDINGS = ("sent", "lapsed", "still waiting")
"""How a wait ends: the message is sent, its conditions are over (or a bar came up), or observation is over."""
_DEBT_KINDS = ("nudge", "confirmation", "service_offer")


def measure(found: Measures, facts: Facts) -> None:
    """All metrics of this module."""
    found.counts("debt_messages", debt_messages(facts)["kind"])
    _nudges(found, facts)
    spans = suppressions(facts)
    found.counts("suppressions", spans["reason"])
    nights = spans.loc[spans.index.repeat(spans["nights"])]
    found.counts("suppressed_nights", nights["reason"])
    lost = nights[nights["reason"] == "hierarchy"]
    found.counts("hierarchy_losses", lost["winner"].astype("object") + " > " + lost["template"].astype("object"))
    _waits(found, facts)


def debt_messages(facts: Facts) -> pd.DataFrame:
    """The debt messages that were sent, by whichever of the three systems (`dr-kind`)."""
    return facts.sent[facts.sent["kind"].isin(_DEBT_KINDS)]


def levels(facts: Facts) -> list[str]:
    """The DMIS messages in the order of the hierarchy in force, the highest first (`dr-hierarchy`)."""
    known = [str(row["id"]) for row in template_values(facts.policy) if row.get("system") == "dmis"]
    order = [str(name) for name in facts.value("dr-hierarchy", "order", known)]
    return [*order, *(name for name in known if name not in order)]


def nudges_by_day(facts: Facts) -> pd.DataFrame:
    """Nudges sent by local day (ordinal; every day from the first to the last) and template."""
    nudges = debt_messages(facts)
    nudges = nudges[nudges["kind"] == "nudge"]
    days = pd.Series(local_days(nudges["sent_at"], nudges["timezone"]), index=nudges.index, name="day")
    counts = nudges.groupby([days, nudges["template"].astype("object")]).size().unstack(fill_value=0)
    if len(counts):
        counts = counts.reindex(range(int(counts.index.min()), int(counts.index.max()) + 1), fill_value=0)
    return counts


def _nudges(found: Measures, facts: Facts) -> None:
    nudges = debt_messages(facts)
    nudges = nudges[nudges["kind"] == "nudge"]
    found.counts("nudges", nudges["template"])
    a_day = nudges_by_day(facts).sum(axis=1)
    found.put("nudges_a_day", a_day.mean() if len(a_day) else None)
    for day, count in a_day.items():
        found.put("nudges_a_day", int(count), date.fromordinal(int(str(day))).isoformat())
    days = local_days(nudges["sent_at"], nudges["timezone"])
    most = pd.Series(days).groupby([nudges["customer_id"].to_numpy(), days]).size()
    found.put("nudges_a_customer_day_max", most.max() if len(most) else None)


def suppressions(facts: Facts) -> pd.DataFrame:
    """A row a span of nights in which one message was suppressed in one manner: `customer`, `system`, `template`,
    `reason` (the first that failed), `winner`, `first` and `last` (agency days of its runs) and `nights`."""
    rows = facts.messages[facts.messages["outcome"] == "suppressed"]
    agency = pd.Series(AGENCY_ZONE, index=rows.index)
    first = local_days(rows["issued_at"], agency)
    columns = {
        "customer": rows["customer_id"],
        "system": rows["system"],
        "template": rows["template"],
        "reason": rows["reasons"].str.split(";").str[0],
        "winner": rows["winner"],
        "first": first,
        "last": first + rows["nights"].to_numpy() - 1,
        "nights": rows["nights"],
    }
    return pd.DataFrame(columns)


def waits(facts: Facts) -> pd.DataFrame:
    """A row a wait of a DMIS message: nights in a row in which it lost for one of `WAITING_RULES`, whichever. Columns
    `customer`, `template`, `first`, `last` (agency days), `nights` and `ending` (of `ENDINGS`)."""
    spans = suppressions(facts)
    spans = spans[(spans["system"] == "dmis") & spans["reason"].isin(WAITING_RULES)]
    spans = spans.assign(template=spans["template"].astype("object"))
    spans = spans.sort_values(["customer", "template", "first"], kind="stable")
    same = (spans[["customer", "template"]] == spans[["customer", "template"]].shift()).all(axis=1)
    goes_on = same & (spans["first"] <= spans["last"].shift() + 1)
    found = spans.groupby((~goes_on).cumsum()).agg(
        customer=("customer", "first"), template=("template", "first"), first=("first", "min"), last=("last", "max")
    )
    found["nights"] = found["last"] - found["first"] + 1
    issued = facts.sms[(facts.sms["system"] == "dmis") & (facts.sms["outcome"].isin(["sent", "held"]))]
    picked = pd.DataFrame({"customer": issued["customer_id"], "template": issued["template"].astype("object")})
    picked["last"] = local_days(issued["issued_at"], pd.Series(AGENCY_ZONE, index=issued.index)) - 1
    went = found.merge(picked.drop_duplicates(), how="left", indicator=True)["_merge"].to_numpy() == "both"
    runs = facts.rows.of(Event.NIGHTLY_RUN)
    runs = runs[facts.rows.column["system"][runs] == System.DMIS]
    last_run = facts.rows.column["value"][runs].max() if len(runs) else 0
    open_still = (found["last"] >= last_run).to_numpy()
    found["ending"] = np.where(went, ENDINGS[0], np.where(open_still, ENDINGS[2], ENDINGS[1]))
    return found.reset_index(drop=True)


def _waits(found: Measures, facts: Facts) -> None:
    all_waits = waits(facts)
    found.counts("suppressed_waits", all_waits["ending"])
    groups = [("all", all_waits)]
    groups += [(name, rows) for name in levels(facts) if len(rows := all_waits[all_waits["template"] == name])]
    for group, rows in groups:
        found.spread("suppressed_wait", rows["nights"], group)
        found.put("suppressed_wait_max", rows["nights"].max() if len(rows) else None, group)
        ended = rows[rows["ending"] != "still waiting"]
        found.put("suppressed_then_sent", share(int((ended["ending"] == "sent").sum()), len(ended)), group)
