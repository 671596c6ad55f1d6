"""What a log tells of its customers: who is on record how at the start, who answers, who opts out, who dies."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from sim.audit.recipient_checks import UNDATED_VALID
from sim.clock import DAY, HOUR
from sim.fitting.delivery import LEAST, spread
from sim.fitting.estimates import Estimate, Figure, Finding, Missing, estimate, figure
from sim.fitting.evidence import Evidence, Floats
from sim.fitting.intervals import Delays, expected_seen, rate, share
from sim.history import Event
from sim.messages import MobileStatus
from sim.population.parameters import Parameters

_MOBILES = {
    "population.no_mobile": MobileStatus.NONE,
    "population.invalid_mobile": MobileStatus.INVALID,
    "population.overseas_mobile": MobileStatus.OVERSEAS,
}
_FLAGS = {"population.opted_out": "opted_out", "population.restricted_access": "restricted_access"}
_RESPONSE = tuple(f"behaviour.response_{name}" for name in ("share", "hours", "sigma"))
_OPT_OUT = "behaviour.opt_out_per_message"
_DEATHS = "population.deaths_per_year"
_PAIR = 2.0
"""Both customers of a pair are employers, or neither is."""


def people(evidence: Evidence, parameters: Parameters) -> Iterator[Finding]:
    """Everything about customers."""
    names = (*_MOBILES, *_FLAGS, "population.employers", _DEATHS)
    if evidence.run is None and not evidence.has_companion:
        yield Missing(names, "no table of customers was given (--customers)")
    elif evidence.run is not None and "child_support" not in evidence.programmes:
        yield Missing(names, "nobody of Child Support is in the run")
    else:
        yield from _on_record(evidence)
        yield _deaths(evidence)
    yield from _responses(evidence)
    yield from _opt_outs(evidence, parameters)


def _facts_at_start(evidence: Evidence, fact: str) -> pd.Series:
    """What was on record of each customer of Child Support when the log begins; missing where that is not known."""
    rows = evidence.log.db.execute(
        "SELECT customer_id, arg_max(coalesce(value, -1), (from_ms, seq)) AS value FROM facts "
        "WHERE fact = ? AND from_ms <= ? GROUP BY customer_id ORDER BY customer_id",
        [fact, evidence.from_ms],
    ).df()
    found = rows.set_index("customer_id")["value"]
    if evidence.run is not None:
        ours = evidence.events(Event.NUMBERS_RECORDED)["customer"].astype(str)
        found = found[found.index.isin(ours)]
    return found[found >= 0]


def _on_record(evidence: Evidence) -> Iterator[Finding]:
    mobiles = _facts_at_start(evidence, "mobile_status")
    dated = len(mobiles) >= evidence.customers / 2 and not (mobiles == UNDATED_VALID).any()
    for name, status in _MOBILES.items():
        if dated:
            found = share(int((mobiles == status).sum()), len(mobiles))
            yield estimate(name, found, len(mobiles), "customers on record at the start; Clopper–Pearson")
        else:
            yield Missing((name,), "the table of customers does not say since when a mobile has its status")
    for name, fact in _FLAGS.items():
        known = _facts_at_start(evidence, fact)
        if len(known):
            found = share(int((known == 1).sum()), len(known))
            yield estimate(name, found, len(known), "customers on record at the start; Clopper–Pearson")
        else:
            yield Missing((name,), f"the table of customers does not tell ({fact})")
    yield _employers(evidence)


def _employers(evidence: Evidence) -> Finding:
    known = _facts_at_start(evidence, "employer")
    if not len(known):
        return Missing(("population.employers",), "the table of customers does not tell (employer)")
    found = rate(int((known == 1).sum()), len(known), _PAIR)
    method = "customers on record; exact Poisson on half their number, because the model makes them in pairs"
    return estimate("population.employers", found, len(known), method)


def _deaths(evidence: Evidence) -> Finding:
    if "deceased" not in evidence.log.fact_names:
        return Missing((_DEATHS,), "the table of customers does not tell (deceased_at)")
    died = evidence.log.number(
        f"SELECT count(*) FROM facts WHERE fact = 'deceased' AND value = 1 "
        f"AND from_ms > {evidence.from_ms} AND from_ms < {evidence.to_ms}"
    )
    years = evidence.customers * evidence.years
    return estimate(_DEATHS, rate(died, years), died, f"in {years:,.1f} customer years; exact Poisson")


def _own_readers(evidence: Evidence) -> pd.DataFrame:
    """A run's delivered messages of Child Support, but those to customers whose number somebody else has."""
    rows = evidence.sent
    rows = rows[rows["system"].isin(["pluto", "cuba"]) & rows["delivered"].notna()]
    strangers = evidence.contacts.query(f"event == {Event.NUMBER_REASSIGNED:d}")["customer"].astype(str)
    return rows[~rows["customer"].isin(strangers)]


def _responses(evidence: Evidence) -> Iterator[Finding]:
    if evidence.run is None:
        yield Missing(_RESPONSE, "the format of messages has no answers")
        return
    asking = [code for code, one in evidence.log.templates.items() if one.get("asks_answer")]
    asked = _own_readers(evidence)
    asked = asked[asked["template"].isin(asking)]
    answers = evidence.contacts.query(f"event == {Event.ANSWERED:d}").groupby("message")["time"].first()
    answered = asked["message"].map(answers)
    seen = answered.notna()
    gaps = (answered - asked["delivered"])[seen].to_numpy(dtype=float)
    limits = (evidence.to_ms - asked["delivered"]).to_numpy(dtype=float)
    what = "from delivery to the answer"
    told = list(spread(_RESPONSE[1:], Delays(gaps, limits[seen.to_numpy()], 1.0), HOUR, what))
    yield from told
    if not isinstance(told[0], Estimate) or not isinstance(told[-1], Estimate):
        yield Missing(_RESPONSE[:1], f"{len(asked)} delivered messages asked for an answer, {int(seen.sum())} got one")
        return
    yield _response_share(int(seen.sum()), limits / HOUR, told[0], told[-1])


def _response_share(answered: int, limits: Floats, hours: Estimate, sigma: Estimate) -> Estimate:
    """Answers of as many messages as had the time to be answered, by the fitted delays."""
    had_time = max(round(expected_seen(limits, hours.value, sigma.value)), answered)
    method = (
        f"of {len(limits):,} delivered messages that ask for an answer, the {had_time:,} that had the time for one by "
        "the fitted delays; Clopper–Pearson"
    )
    return estimate(_RESPONSE[0], share(answered, had_time), had_time, method)


def _opt_outs(evidence: Evidence, parameters: Parameters) -> Iterator[Finding]:
    if evidence.run is not None:
        rows = evidence.contacts.query(f"event == {Event.OPT_OUT_RECORDED:d} and officer == 0")
        happened = int((rows["time"] > evidence.from_ms).sum())
        delivered, what = _own_readers(evidence), "delivered messages"
    elif "opted_out" not in evidence.log.fact_names:
        yield Missing((_OPT_OUT,), "no table of customers with opt-outs was given (--customers, sms_opt_out_at)")
        return
    else:
        happened = evidence.log.number(
            f"SELECT count(*) FROM facts WHERE fact = 'opted_out' AND value = 1 "
            f"AND from_ms > {evidence.from_ms} AND from_ms < {evidence.to_ms}"
        )
        sent = evidence.sent[evidence.sent["system"].isin(["pluto", "cuba"])]
        told = evidence.has("delivered_at")
        delivered = sent[sent["delivered"].notna()] if told else sent
        what = "delivered messages" if told else "messages sent"
    if len(delivered) < LEAST:
        yield Missing((_OPT_OUT,), f"{len(delivered)} {what} of Child Support")
        return
    many = int(parameters["behaviour.opt_out_many_messages"])
    factor = float(parameters["behaviour.opt_out_many_factor"])
    weight = float(np.where(_recent(evidence, delivered) >= many, factor, 1.0).sum())
    method = (
        f"opt-outs in {len(delivered):,} {what}, those after {many} in 28 days counted {factor:g} times; exact Poisson"
    )
    yield estimate(_OPT_OUT, rate(happened, weight), happened, method)
    yield _opt_outs_a_year(evidence, happened)


def _opt_outs_a_year(evidence: Evidence, happened: int) -> Figure:
    years = evidence.customers * evidence.years
    return figure("opt-outs", rate(happened, years), happened, "a customer and year", "exact Poisson")


def _recent(evidence: Evidence, delivered: pd.DataFrame) -> Floats:
    """How many messages were sent to the same customer in the 28 days before each delivery."""
    sent = evidence.sent[evidence.sent["system"].isin(["pluto", "cuba"])].sort_values("sent", kind="stable")
    times = {customer: rows.to_numpy() for customer, rows in sent.groupby("customer")["sent"]}
    until = delivered["delivered"].fillna(delivered["sent"]).to_numpy()
    return np.array(
        [
            np.searchsorted(times[customer], at, "right") - np.searchsorted(times[customer], at - 28 * DAY, "right")
            for customer, at in zip(delivered["customer"], until, strict=True)
        ],
        dtype=float,
    )
