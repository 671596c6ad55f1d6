"""What was sent, refused and bounced, what it cost, and what customers did about it."""

import numpy as np
import pandas as pd

from sim.history import Event
from sim.metrics.measures import Facts, Measures, hours, local_days, share
from sim.tables import template_values
from sim.tables.columns import instants, milliseconds


def measure(found: Measures, facts: Facts) -> None:
    """All metrics of this module."""
    messages = facts.messages
    found.counts("messages", messages["outcome"])
    found.counts("sent", facts.sent["system"])
    refused = messages[messages["outcome"] == "refused"]
    found.counts("refusals", refused["reasons"].str.split(";").str[0])
    found.counts("refusals_all_reasons", refused["reasons"].str.split(";").explode())
    found.put("refusals_all_reasons", len(refused))
    withdrawn = messages[messages["outcome"] == "withdrawn"]
    found.counts("withdrawals", withdrawn["reasons"].str.split(";").explode())
    found.put("withdrawals", len(withdrawn))
    found.put("confirmations", int(messages["confirmation_asked"].sum()), "asked")
    found.put("confirmations", int(messages["confirmed"].sum()), "confirmed")
    found.put("confirmations", int((messages["confirmed"] & messages["sent_at"].notna()).sum()), "sent")
    found.put("confirmations", int((messages["outcome"] == "cancelled").sum()), "cancelled")
    _customer_days(found, facts)
    _delivery(found, facts)
    _cost(found, facts)
    _answers(found, facts)
    _opt_outs(found, facts)


def counted_by_limit(facts: Facts) -> pd.DataFrame:
    """The SMS sent that the daily limit counts, by its reading of `scope`."""
    if facts.value("cs-daily-limit", "scope", "desktop") == "desktop":
        return facts.sent[(facts.sent["kind"] == "desktop") & (facts.sent["system"] == "pluto")]
    return facts.sent[facts.sent["system"].isin(["pluto", "cuba"])]


def messages_a_customer_day(messages: pd.DataFrame) -> pd.Series:
    """How many of these sent messages each customer got on each local day (indexed by customer and ordinal day)."""
    days = local_days(messages["sent_at"], messages["timezone"])
    return messages.groupby([messages["customer_id"], pd.Series(days, index=messages.index, name="day")]).size()


def _customer_days(found: Measures, facts: Facts) -> None:
    sizes = messages_a_customer_day(counted_by_limit(facts))
    limit = facts.value("cs-daily-limit", "limit", None)
    found.put("customer_days", len(sizes))
    for size in range(1, int(sizes.max()) + 1 if len(sizes) else 1):
        found.put("customer_days", int((sizes == size).sum()), str(size))
    found.put("customer_days_over_limit", None if limit is None else int((sizes > limit).sum()))
    found.put("messages_a_customer_day_mean", sizes.mean() if len(sizes) else None)
    found.put("messages_a_customer_day_max", sizes.max() if len(sizes) else None)


def answerable_for_bounces(sent: pd.DataFrame) -> pd.DataFrame:
    """The messages of the systems that make a bounce back of a delivery error (`cs-bounce-back`)."""
    return sent[sent["system"].isin(["pluto", "cuba"])]


def _delivery(found: Measures, facts: Facts) -> None:
    found.put("delivered_share", share(int(facts.sent["delivered_at"].notna().sum()), len(facts.sent)))
    for system, rows in facts.sent.groupby("system", observed=True):
        found.put("delivered_share", share(int(rows["delivered_at"].notna().sum()), len(rows)), str(system))
    sent = answerable_for_bounces(facts.sent)
    found.put("bounce_rate", share(int(sent["bounced_at"].notna().sum()), len(sent)))
    for system, rows in sent.groupby("system", observed=True):
        found.put("bounce_rate", share(int(rows["bounced_at"].notna().sum()), len(rows)), str(system))
    bounced = sent[sent["bounced_at"].notna()][["customer_id", "message_id", "bounced_at"]].sort_values("bounced_at")
    ticked = pd.DataFrame({"customer_id": facts.rows.take("customer", Event.INVALID_TICKED)})
    ticked["ticked_at"] = instants(facts.rows.take("time", Event.INVALID_TICKED))
    # A tick answers the customer's latest bounce back before it, and the first tick is the one that counts.
    joined = pd.merge_asof(ticked, bounced, left_on="ticked_at", right_on="bounced_at", by="customer_id")
    joined = joined[joined["message_id"].notna()].drop_duplicates("message_id")
    found.put("bounced_then_invalid", share(len(joined), len(bounced)))
    found.spread("time_to_invalid", hours(joined["ticked_at"] - joined["bounced_at"]))


def _cost(found: Measures, facts: Facts) -> None:
    parts = facts.sent.groupby("system", observed=True)["parts"].sum()
    price = facts.parameter("gateway.cost_cents_per_part")
    for group, number in [("all", parts.sum()), *((str(system), count) for system, count in parts.items())]:
        found.put("sms_parts", int(number), group)
        found.put("sms_cost", None if price is None else int(number) * price / 100, group)


def _answers(found: Measures, facts: Facts) -> None:
    asking = [str(row["id"]) for row in template_values(facts.policy) if row.get("asks_answer")]
    asked = facts.sent[facts.sent["template"].isin(asking)]
    found.put("response_rate", share(int(asked["answered_at"].notna().sum()), len(asked)))
    for template, rows in asked.groupby("template", observed=True):
        found.put("response_rate", share(int(rows["answered_at"].notna().sum()), len(rows)), str(template))
    found.spread("response_delay", hours(asked["answered_at"] - asked["sent_at"]), p95=False)


def _opt_outs(found: Measures, facts: Facts) -> None:
    """Either programme's; an opt-out reaches the messages of its own."""
    events = (Event.OPT_OUT_RECORDED, Event.CENTRELINK_OPT_OUT_RECORDED)
    customers, times = (facts.rows.take(name, *events) for name in ("customer", "time"))
    # Opt-outs at the first instant are facts that already held when observation began.
    later = times > (facts.begin or 0)
    opted_out = pd.Series(times[later], index=customers[later]).groupby(level=0).max()
    found.put("opt_outs", len(opted_out))
    messaged = facts.sent.groupby("customer_id")["sent_at"].min()
    both = np.intersect1d(opted_out.index.to_numpy(), messaged.index.to_numpy())
    after = milliseconds(messaged.loc[both]) < opted_out.loc[both].to_numpy()
    found.put("opt_out_rate", share(int(after.sum()), len(messaged)))
