"""Calls: the ones that pre call alerts promised, and the ones that come before a first SMS."""

import numpy as np
import pandas as pd

from sim.clock import MINUTE, clock
from sim.history import Event
from sim.metrics.measures import Facts, Measures, minutes, share
from sim.tables import template_values
from sim.tables.columns import ByMessage, instants, milliseconds


def measure(found: Measures, facts: Facts) -> None:
    """All metrics of this module."""
    alerts = alerts_and_calls(facts)
    made = alerts[alerts["call_at"].notna() & ~alerts["stale"]]
    found.counts("alerts_sent", alerts["promise"])
    found.put("stale_alerts", int(alerts["stale"].sum()))
    found.put("alerts_without_call", int((alerts["call_at"].isna() & ~alerts["stale"]).sum()))
    for promise in ("all", "next_hour", "two_hours", "today"):
        rows = made if promise == "all" else made[made["promise"] == promise]
        found.spread("call_delay", rows["delay"], promise, p95=False)
    soon = made[made["promise"] == "next_hour"]["delay"]
    low, high = aim(facts)
    found.put("call_delay_in_aim", share(int(soon.between(low, high).sum()), len(soon)), "next_hour")
    _phone_first(found, facts)


def aim(facts: Facts) -> tuple[int, int]:
    """The aim for the call after an alert, in minutes after sent (`cs-precall`)."""
    low = facts.value("cs-precall", "aim_from_minutes", 10)
    return int(low), int(facts.value("cs-precall", "aim_to_minutes", 25))


def alerts_and_calls(facts: Facts) -> pd.DataFrame:
    """A row a pre call alert that was sent: `promise` (next_hour, two_hours or today), `call_at` (the first attempt
    that names the alert, NaT without one), `delay` (minutes from sent to it) and `stale`.

    An alert is stale when its call had been made, or its promise had run out, before it was sent. A promise that
    counts from sent cannot have run out by then (`cs-precall.promise_from`; Customer First's always count so).
    """
    promises = {str(row["id"]): row.get("promise") for row in template_values(facts.policy) if row.get("promise")}
    alerts = facts.sent[facts.sent["template"].isin(list(promises))]
    contact_time = alerts["contact_time"].astype("object")
    named = alerts["template"].astype("object").map(promises)
    promise = contact_time.where(named == "contact_time", named)
    ids, inverse = np.unique(alerts["message_id"].to_numpy(), return_inverse=True)
    calls = ByMessage(facts.rows, ids).time(Event.CALL_ATTEMPTED)[inverse]
    frame = pd.DataFrame({"message_id": alerts["message_id"], "sent_at": alerts["sent_at"], "promise": promise})
    frame["call_at"] = pd.Series(instants(calls), index=alerts.index)
    frame["delay"] = minutes(frame["call_at"] - frame["sent_at"])
    stale = frame["call_at"] < frame["sent_at"]
    if facts.value("cs-precall", "promise_from", "sent") == "issued":
        ran_out = milliseconds(alerts["sent_at"]) > _promise_ends(facts, alerts, promise)
        stale = stale | (ran_out & (alerts["system"] == "pluto"))
    frame["stale"] = stale
    return frame


def _promise_ends(facts: Facts, alerts: pd.DataFrame, promise: pd.Series) -> list[int]:
    """The last instant (ms UTC) of the promise of each alert, counted from issue."""
    hour = int(facts.value("cs-precall", "next_hour_minutes", 60)) * MINUTE
    ends = []
    for issued, zone, promised in zip(milliseconds(alerts["issued_at"]), alerts["timezone"], promise, strict=True):
        if promised == "today":
            local = clock(str(zone))
            ends.append(local.midnight(local.day(int(issued)) + 1) - 1)
        else:
            ends.append(int(issued) + hour)
    return ends


def _phone_first(found: Measures, facts: Facts) -> None:
    """Of customers who had never contacted the agency when their first desktop message was issued: who had been
    called on all numbers before. A customer who contacted the agency, or answered a call, before it is no case."""
    never = np.unique(facts.rows.take("customer", Event.NEVER_CONTACTED))
    messages = facts.messages[facts.messages["outcome"].isin(["sent", "held", "withdrawn"])]
    messages = messages[(messages["system"] == "pluto") & messages["customer_id"].isin(never)]
    first = messages.groupby("customer_id")["issued_at"].min()
    firsts = dict(zip(first.index.tolist(), milliseconds(first).tolist(), strict=True))
    reached, numbers, called = _before(facts, firsts)
    cases = [customer for customer in firsts if customer not in reached]
    kept = [customer for customer in cases if len(called.get(customer, ())) >= numbers.get(customer, 1)]
    found.put("phone_first_cases", len(cases))
    found.put("phone_first_rate", share(len(kept), len(cases)))


def _before(facts: Facts, firsts: dict[int, int]) -> tuple[dict[int, int], dict[int, int], dict[int, dict[int, int]]]:
    """What was on record before each customer's instant in `firsts`: since when in contact, how many numbers there
    are, and which of them were called when."""
    reached: dict[int, int] = {}
    numbers: dict[int, int] = {}
    called: dict[int, dict[int, int]] = {}
    wanted = (Event.CUSTOMER_CONTACTED_US, Event.CALL_ANSWERED, Event.NUMBERS_RECORDED, Event.CALL_ATTEMPTED)
    positions = facts.rows.of(*wanted)
    positions = positions[np.isin(facts.rows.column["customer"][positions], list(firsts))]
    columns = (facts.rows.column[name][positions].tolist() for name in ("time", "event", "customer", "value"))
    for time, event, customer, value in zip(*columns, strict=True):
        if time > firsts[customer]:
            continue
        if event == Event.NUMBERS_RECORDED:
            numbers[customer] = value
        elif event == Event.CALL_ATTEMPTED:
            called.setdefault(customer, {})[value] = time
        else:
            reached.setdefault(customer, time)
    return reached, numbers, called
