"""Verdicts, the JSON contract, crashes, targets, frames and JUnit."""

import json
from xml.etree import ElementTree

import pytest

import sim.audit
from sim.audit import RULE_MODULES, Log, judge
from sim.audit.verdicts import Audit, Breach, RuleAudit, Tally, crashed
from sim.errors import InputError
from tests.audit.builder import Builder, at, policy


def tally(rule="cs-once", enforced_by="system"):
    return Tally(Log(policy()), rule, enforced_by)


def finding(verdict, rule="cs-once", enforced_by="system", cases=0, breaches=0):
    evidence = [Breach("c", (f"m{number}",), "because.") for number in range(breaches)]
    return RuleAudit(rule, enforced_by, verdict, cases, breaches, 0, "", evidence)


# One rule.


@pytest.mark.parametrize(
    ("judged", "left", "missing", "broken", "verdict"),
    [
        (0, 0, "", 0, "not_exercised"),
        (1, 0, "", 0, "pass"),
        (1, 5, "", 0, "pass"),
        (0, 1, "", 0, "unknown"),
        (0, 0, "no column", 0, "unknown"),
        (3, 0, "no column", 0, "unknown"),
        (3, 1, "no column", 1, "fail"),
        (3, 0, "", 2, "fail"),
    ],
)
def test_the_verdict_of_a_rule(judged, left, missing, broken, verdict):
    found = tally()
    found.judged(1, judged)
    found.leave(1, left, "who knows")
    if missing:
        found.missing(missing)
    for number in range(broken):
        found.breach("c", [f"m{number}"], "because.")
    audit = found.close()
    assert (audit.verdict, audit.breaches, audit.unjudged) == (verdict, broken, left)
    assert ("who knows" in audit.why_unknown) == bool(left)


def test_a_message_breaks_a_rule_once():
    found = tally()
    found.judged(1, 1)
    found.breach("c", ["m1", "m2"], "first.")
    found.breach("c", ["m1", "m3"], "second.")
    found.breach("c", [], "no message.")
    found.breach("c", [], "none again.")
    audit = found.close()
    assert sorted(breach.why for breach in audit.evidence) == ["first.", "no message.", "none again."]
    assert audit.cases == 3  # never fewer than breaches


def test_each_run_has_counts_and_a_verdict_of_its_own():
    found = tally()
    found.judged(1, 2)
    found.judged(2, 3)
    found.leave(2, 1, "who knows")
    found.leave(3, 4, "who knows")
    found.breach("c", ["m1"], "because.", run_id=2)
    found.breach("c", ["m1"], "because.", run_id=4)
    audit = found.close()
    assert (audit.verdict, audit.cases, audit.breaches, audit.unjudged) == ("fail", 6, 2, 5)
    counts = [(one.verdict, one.cases, one.breaches, one.unjudged) for one in map(audit.in_run, range(1, 6))]
    assert counts == [
        ("pass", 2, 0, 0), ("fail", 3, 1, 1), ("unknown", 0, 0, 4), ("fail", 1, 1, 0), ("not_exercised", 0, 0, 0),
    ]  # fmt: skip


def test_what_the_log_lacks_is_unknown_in_every_run():
    found = tally()
    found.missing("no column")
    assert found.close().in_run(7).verdict == "unknown"


def test_evidence_is_in_order_of_time():
    found = tally()
    for message, time in (("a", 30), ("b", None), ("c", 10), ("d", 20)):
        found.breach("x", [message], "why.", time)
    assert [breach.messages[0] for breach in found.close().evidence] == ["c", "d", "a", "b"]


# All rules.


@pytest.mark.parametrize(
    ("verdicts", "top"),
    [
        (["pass", "not_exercised"], "pass"),
        (["not_exercised"], "not_exercised"),
        ([], "not_exercised"),
        (["pass", "unknown"], "unknown"),
        (["unknown", "fail", "pass"], "fail"),
    ],
)
def test_the_top_verdict_is_the_worst(verdicts, top):
    rules = [finding(verdict, f"rule-{number}") for number, verdict in enumerate(verdicts)]
    assert Audit(rules).verdict == top


@pytest.mark.parametrize(
    ("targets", "top"),
    [({}, "pass"), ({"cs-preview": 0.1}, "pass"), ({"cs-preview": 0.05}, "pass"), ({"cs-preview": 0.04}, "fail")],
)
def test_procedures_count_only_with_a_target(targets, top):
    rules = [finding("pass"), finding("fail", "cs-preview", "procedure", cases=20, breaches=1)]
    assert Audit(rules, targets=targets).verdict == top


def test_an_unknown_procedure_counts_with_a_target():
    rules = [finding("pass"), finding("unknown", "cs-preview", "procedure")]
    assert Audit(rules).verdict == "pass"
    assert Audit(rules, targets={"cs-preview": 0.5}).verdict == "unknown"


def test_content_counts():
    assert Audit([finding("pass"), finding("fail", "cs-content", "content")]).verdict == "fail"


# The JSON.


def broken_history():
    built = Builder()
    built.customer(1)
    for message in range(1, 31):
        built.send(message, 1, at("2026-09-22 21:00") + message)
    return built


def test_the_contract_of_the_json():
    audit = judge(broken_history().log(), rules=["cs-send-window", "cs-once"])
    found = json.loads(json.dumps(audit.to_json()))
    assert found["verdict"] == "fail"
    rule = found["rules"]["cs-send-window"]
    assert {"verdict", "cases", "breaches", "unjudged", "why_unknown", "evidence"} <= set(rule)
    assert (rule["verdict"], rule["cases"], rule["breaches"], rule["unjudged"]) == ("fail", 30, 30, 0)
    assert rule["why_unknown"] is None
    assert len(rule["evidence"]) == 20
    assert {"customer_id", "messages", "why"} <= set(rule["evidence"][0])
    assert (rule["evidence"][0]["customer_id"], rule["evidence"][0]["messages"]) == (1, [1])
    assert rule["evidence"][0]["at"] == "2026-09-22T11:00:00.001Z"
    assert len(audit.to_json(None)["rules"]["cs-send-window"]["evidence"]) == 30
    assert list(found["rules"]) == ["cs-send-window", "cs-once"]


def test_frames():
    audit = judge(broken_history().log())
    frame = audit.frame()
    assert list(frame["rule"]) == [name.replace("_", "-") for name in RULE_MODULES]
    breaches = audit.breaches_frame()
    window = breaches[breaches["rule"] == "cs-send-window"]
    assert len(window) == 30
    assert str(window["at"].dt.tz) == "UTC"
    assert window["message_id"].iloc[0] == "1"
    assert len(Audit([]).breaches_frame()) == 0


def test_breaches_can_be_saved(tmp_path):
    judge(broken_history().log()).breaches_frame().to_parquet(tmp_path / "breaches.parquet")
    assert (tmp_path / "breaches.parquet").stat().st_size > 0


# Crashes.


def test_a_check_that_crashes_is_unknown_and_stops_no_other(monkeypatch):
    from sim.audit import cs_once

    def crash(log):
        raise ZeroDivisionError("division\nby zero")

    monkeypatch.setattr(cs_once, "audit", crash)
    audit = judge(broken_history().log())
    assert audit.crashed == ("cs-once",)
    assert audit.rules["cs-once"].verdict == "unknown"
    assert audit.rules["cs-once"].why_unknown == "the check crashed: ZeroDivisionError: division by zero"
    assert audit.rules["cs-send-window"].verdict == "fail"
    assert len(audit.rules) == len(RULE_MODULES)


def test_a_check_that_cannot_be_loaded_is_not_skipped(monkeypatch):
    monkeypatch.setattr(sim.audit, "RULE_MODULES", ("cs_once", "cs_nothing"))
    audit = judge(broken_history().log())
    assert audit.crashed == ("cs-nothing",)
    assert audit.rules["cs-nothing"].verdict == "unknown"


def test_a_policy_without_the_value_is_unknown():
    values = policy()
    del values["cs-daily-limit"]["values"]["limit"]
    audit = judge(Builder(values=values).log())
    assert "cs-daily-limit" in audit.crashed
    assert audit.verdict == "unknown"


def test_nothing_happened():
    audit = judge(Builder().log())
    assert audit.crashed == ()
    assert {found.verdict for found in audit.rules.values()} == {"not_exercised"}


# JUnit.


def test_junit(tmp_path):
    rules = [
        finding("fail", "cs-once", cases=50, breaches=25),
        finding("pass", "cs-status", cases=1),
        finding("not_exercised", "cs-sender", "content"),
        finding("unknown", "cs-channel"),
        crashed("cs-fields", "system", ValueError("no \x00 way")),
        finding("fail", "cs-preview", "procedure", cases=10, breaches=1),
    ]
    audit = Audit(rules, ["cs-fields"])
    audit.junit(tmp_path / "audit.xml")
    suite = ElementTree.parse(tmp_path / "audit.xml").getroot()[0]
    assert suite.attrib["tests"] == "6"
    assert (suite.attrib["failures"], suite.attrib["errors"], suite.attrib["skipped"]) == ("1", "1", "2")
    cases = {case.attrib["name"]: case for case in suite}
    assert list(cases) == [found.rule for found in rules]
    failure = cases["cs-once"].find("failure")
    assert "25 breaches in 50 cases" in failure.attrib["message"]
    assert "customer c, messages m0: because." in failure.text
    assert "and 5 more" in failure.text
    assert cases["cs-preview"].find("failure") is None
    assert "because" in cases["cs-preview"].find("system-out").text


def test_junit_to_a_place_that_cannot_be_written(tmp_path):
    with pytest.raises(InputError, match="cannot be written"):
        Audit([]).junit(tmp_path / "none" / "audit.xml")
