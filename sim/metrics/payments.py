"""Payment after a nudge against none (policy.md F and H).

A *case* is a customer and the night on which a nudge was first due to them: the conditions of a DMIS nudge were met for
the first time, or SAP's day before an instalment had come. Cases with a nudge in the seven days before are left out.
What counts is whether a nudge was sent on that day, whatever came later: so nobody is counted as nudged for having
waited long enough to be.
"""

from statistics import NormalDist

import numpy as np
import pandas as pd

from sim.clock import AGENCY_ZONE, DAY
from sim.history import Event
from sim.messages import Arrangement, ArrangementStatus
from sim.metrics.debt import debt_messages
from sim.metrics.measures import Facts, Measures, share
from sim.tables import local_milliseconds, template_values
from sim.tables.columns import Flags, Ints, milliseconds

DAYS = 7
"""Days after the night within which a payment counts, and days before it without a nudge."""
CONFIDENCE = 0.95
_BY_CUSTOMER = (Arrangement.VOL, Arrangement.CSH, Arrangement.IRR)
_GROUPS = (("nudged", True), ("not nudged", False))


def measure(found: Measures, facts: Facts) -> None:
    """All metrics of this module."""
    cases = payment_cases(facts)
    found.put("payment_cases", len(cases))
    for words, nudged in _GROUPS:
        rows = cases[cases["nudged"] == nudged]
        _rates(found, rows, words)
        for template, of_it in rows.groupby("template"):
            _rates(found, of_it, f"{template}, {words}")
    for group, number in zip(("all", "low", "high"), difference(counted(cases, "paid")), strict=True):
        found.put("payment_difference", number, group)


def _rates(found: Measures, rows: pd.DataFrame, group: str) -> None:
    found.put("payment_cases", len(rows), group)
    found.put("payment_rate", share(int(rows["paid"].sum()), len(rows)), group)
    found.put("action_rate", share(int(rows["acted"].sum()), len(rows)), group)


def payment_cases(facts: Facts) -> pd.DataFrame:
    """A row a case whose seven days were observed: `customer`, `template` (the nudge that was due), `time` (ms UTC),
    `nudged` (a nudge was sent within a day), `paid` and `acted` (paid, or a new arrangement) within seven days."""
    due = _due(facts)
    end = facts.end or 0
    due = due[due["time"] + DAYS * DAY <= end]
    nudges = debt_messages(facts)
    nudges = nudges[nudges["kind"] == "nudge"]
    sent = _Instants(nudges["customer_id"].to_numpy(), milliseconds(nudges["sent_at"]))
    customers, times = due["customer"].to_numpy(), due["time"].to_numpy()
    due = due.assign(nudged=sent.within(customers, times, times + DAY - 1))
    due = due[~sent.within(customers, times - DAYS * DAY, times - 1)]
    customers, times = due["customer"].to_numpy(), due["time"].to_numpy()
    paid = _events(facts, Event.REPAYMENT_MADE, Event.DEBT_PAID)
    found = due.assign(paid=paid.within(customers, times, times + DAYS * DAY))
    arranged = _arrangements(facts).within(customers, times, times + DAYS * DAY)
    return found.assign(acted=found["paid"] | arranged).reset_index(drop=True)


def _due(facts: Facts) -> pd.DataFrame:
    """A row a customer and night on which a nudge was due; of several nudges the highest in the policy's list."""
    names = {int(row["code"]): str(row["id"]) for row in template_values(facts.policy) if row.get("kind") == "nudge"}
    columns = {name: facts.rows.take(name, Event.ELIGIBLE) for name in ("customer", "template", "time")}
    eligible = pd.DataFrame(columns)
    eligible = eligible[eligible["template"].isin(list(names))]
    eligible["template"] = eligible["template"].map(names)
    planned = facts.sms[(facts.sms["system"] == "sap") & (facts.sms["kind"] == "nudge")]
    planned = planned[planned["outcome"] != "suppressed"]
    instalments = pd.DataFrame({"customer": planned["customer_id"], "template": planned["template"].astype("object")})
    instalments["time"] = milliseconds(planned["issued_at"])
    both = pd.concat([eligible, instalments], ignore_index=True)
    both["night"] = local_milliseconds(both["time"].to_numpy(dtype=np.int64), AGENCY_ZONE) // DAY
    both["rank"] = both["template"].map({name: place for place, name in enumerate(names.values())})
    both = both.sort_values(["night", "customer", "rank"], kind="stable")
    return both.drop_duplicates(["night", "customer"])[["customer", "template", "time"]]


def _events(facts: Facts, *events: int) -> "_Instants":
    return _Instants(facts.rows.take("customer", *events), facts.rows.take("time", *events))


def _arrangements(facts: Facts) -> "_Instants":
    """When customers set up an arrangement to repay; withholdings are not theirs."""
    positions = facts.rows.of(Event.ARRANGEMENT_SET)
    value = facts.rows.column["value"][positions]
    new = (value % 10 == ArrangementStatus.PND) & np.isin(value // 10, _BY_CUSTOMER)
    return _Instants(*(facts.rows.column[name][positions[new]] for name in ("customer", "time")))


class _Instants:
    """Instants by customer, to be asked whether one lies within a span."""

    def __init__(self, customers: Ints, times: Ints) -> None:
        self._span = int(times.max()) + 1 if len(times) else 1
        self._keys = np.sort(customers * self._span + times)

    def within(self, customers: Ints, first: Ints, last: Ints) -> Flags:
        """Whether the customer has an instant from `first` to `last`, both inside."""
        low, high = (customers * self._span + np.clip(edge, 0, self._span - 1) for edge in (first, last))
        low = np.where(first >= self._span, high + 1, low)
        found: Flags = np.searchsorted(self._keys, high, side="right") > np.searchsorted(self._keys, low, side="left")
        return found


def interval(part: int, whole: int) -> tuple[float, float]:
    """Wilson's interval (95%) of the share that `part` of `whole` is an estimate of; `whole` is above 0."""
    from scipy.stats import binomtest

    found = binomtest(part, whole).proportion_ci(confidence_level=CONFIDENCE, method="wilson")
    return float(found.low), float(found.high)


def counted(cases: pd.DataFrame, outcome: str) -> pd.DataFrame:
    """A row a message that was due (index), most cases first: how many cases were `nudged` and how many of those had
    the `outcome` (`nudged_yes`), and the same of the cases that were not (`none`, `none_yes`)."""
    by_template = cases.groupby(["template", "nudged"])[outcome].agg(["size", "sum"]).unstack(fill_value=0)
    columns = {
        name: by_template.get((what, nudged), 0)
        for name, what, nudged in (
            ("nudged", "size", True),
            ("nudged_yes", "sum", True),
            ("none", "size", False),
            ("none_yes", "sum", False),
        )
    }
    found = pd.DataFrame(columns, index=by_template.index).astype(int)
    return found.loc[(found["nudged"] + found["none"]).sort_values(ascending=False, kind="stable").index]


def difference(counts: pd.DataFrame) -> tuple[float | None, float | None, float | None]:
    """The share with a nudge less the share without, like compared with like, and the ends of its 95% interval.

    Messages differ in how many pay anyhow, so each is compared with itself and the differences are weighed by
    Mantel and Haenszel's weights. None where no message has cases of both kinds.
    """
    both = counts[(counts["nudged"] > 0) & (counts["none"] > 0)]
    if not len(both):
        return None, None, None
    weights = both["nudged"] * both["none"] / (both["nudged"] + both["none"])
    share_nudged, share_none = both["nudged_yes"] / both["nudged"], both["none_yes"] / both["none"]
    found = float((weights * (share_nudged - share_none)).sum() / weights.sum())
    variances = share_nudged * (1 - share_nudged) / both["nudged"] + share_none * (1 - share_none) / both["none"]
    error = float((weights**2 * variances).sum()) ** 0.5 / float(weights.sum())
    reach = NormalDist().inv_cdf((1 + CONFIDENCE) / 2) * error
    return found, found - reach, found + reach
