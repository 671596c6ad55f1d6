"""The profile of a foreign log: what it is like, and what it left unjudged."""

import json

import pytest

from sim.audit import judge
from sim.audit.profile import profile
from tests.audit.builder import Builder, at
from tests.audit.foreign_logs import GOOD, PERTH, SYDNEY, read, rows

HEADER = "message_id,customer_id,system,timezone,issued_at,outcome,sent_at,channel,due_at"


def line(name: str, issued: str, sent: str = "", customer: str = "c1", zone: str = SYDNEY, rest: str = "sms,") -> str:
    outcome = "sent" if sent else "refused"
    return f"{name},{customer},pluto,{zone},{issued},{outcome},{sent},{rest}"


def profiled(folder, *lines: str, header: str = HEADER, **more):
    log = read(folder, rows(*lines, header=header), **more)
    return profile(log, judge(log))


def test_rows_span_and_zones(tmp_path):
    found = profiled(
        tmp_path,
        line("m1", "2026-10-06T10:00:00+11:00", "2026-10-06T10:00:01+11:00"),
        line("m2", "2026-10-06T10:00:00+08:00", "", "c2", PERTH),
        line("m3", "2026-10-07T09:59:59+11:00", "", "c1"),
    )
    assert (found["rows"], found["customers"]) == (3, 2)
    assert found["span"] == {"from": "2026-10-05T23:00:00.000Z", "to": "2026-10-06T22:59:59.001Z", "days": 1.0}
    assert list(found["zones"].items()) == [(SYDNEY, 2), (PERTH, 1)]
    assert found["systems"] == {"pluto": 3}
    assert list(found["outcomes"].items()) == [("refused", 2), ("sent", 1)]


def test_columns(tmp_path):
    found = profiled(
        tmp_path,
        line("m1", "2026-10-06T10:00+11:00", "2026-10-06T10:00:00.5+11:00", rest=","),
        line("m2", "2026-10-06T10:01+11:00", "", rest=","),
        line("m3", "2026-10-06T10:02+11:00", "", rest="sms,"),
        line("m4", "2026-10-06T10:03:00+11:00", "", rest=","),
    )
    columns = found["columns"]
    assert list(columns) == [
        "message_id", "customer_id", "system", "timezone", "issued_at", "outcome", "sent_at", "channel", "due_at",
    ]  # fmt: skip
    assert columns["issued_at"] == {"empty_share": 0.0, "resolution": "seconds"}
    assert columns["sent_at"] == {"empty_share": 0.75, "resolution": "milliseconds"}
    assert columns["channel"] == {"empty_share": 0.75, "resolution": None}
    assert columns["due_at"] == {"empty_share": 1.0, "resolution": None}
    assert {"template", "release_at", "text"} <= set(found["missing_columns"])
    assert not {"attempted_at", "handed_over_at", "withdrawn_at", "sent_at"} & set(found["missing_columns"])


@pytest.mark.parametrize(
    ("text", "resolution"),
    [
        ("2026-10-06T10:00:00.000", "milliseconds"),
        ("2026-10-06T10:00:00", "seconds"),
        ("2026-10-06T10:00", "minutes"),
        ("2026-10-06", "days"),
        ("2026-04-05T02:30", "minutes"),  # the clock showed it twice: known to the hour and a minute
    ],
)
def test_resolutions(tmp_path, text, resolution):
    found = profiled(tmp_path, line("m1", text), times_in=SYDNEY)
    assert found["columns"]["issued_at"]["resolution"] == resolution


@pytest.mark.parametrize(
    ("first", "second", "days"),
    [
        ("2026-10-06T10:00:00.000+11:00", "2026-10-07T10:00:00.000+11:00", None),
        ("2026-10-06T10:00:00.000+11:00", "2026-10-07T10:00:00.001+11:00", 1.0),
        ("2026-10-03T10:00:00.000+10:00", "2026-10-04T11:00:00.000+11:00", None),  # a day and an hour of the clock
        ("2026-10-06T10:00+11:00", "2026-10-07T10:00+11:00", None),
        ("2026-10-06T10:00+11:00", "2026-10-07T10:01+11:00", 1.0),
        ("2026-10-06T10:00:00.000+11:00", "2026-10-09T22:00:00.000+11:00", 3.5),
    ],
)
def test_gaps_of_more_than_a_day(tmp_path, first, second, days):
    found = profiled(tmp_path, line("m1", first), line("m2", second))["gaps"]
    assert [gap["days"] for gap in found["longest"]] == ([] if days is None else [days])
    assert found["count"] == len(found["longest"])


def test_what_was_sent_in_between_fills_a_gap(tmp_path):
    first = line("m1", "2026-10-06T21:00:00+11:00", "2026-10-07T20:00:00+11:00")
    assert profiled(tmp_path, first, line("m2", "2026-10-08T10:00:00+11:00"))["gaps"]["count"] == 0
    held = line("m1", "2026-10-06T21:00:00+11:00")
    assert profiled(tmp_path, held, line("m2", "2026-10-08T10:00:00+11:00"))["gaps"]["count"] == 1


def test_the_longest_gaps_are_listed_in_order_of_time(tmp_path):
    days = range(1, 29)
    lines = [line(f"m{day}", f"2026-01-{day:02}T10:00+11:00") for day in days[::2]]
    lines += [line(f"n{day}", f"2026-03-{day:02}T10:00+11:00") for day in days[::2]]
    found = profiled(tmp_path, *lines)["gaps"]
    assert (found["count"], len(found["longest"])) == (27, 20)
    starts = [gap["from"] for gap in found["longest"]]
    assert starts == sorted(starts)
    assert max(gap["days"] for gap in found["longest"]) > 30


def test_what_could_not_be_judged_and_why(tmp_path):
    log = read(tmp_path, rows(GOOD))
    audit = judge(log)
    found = {entry["rule"]: entry for entry in profile(log, audit)["not_judged"]}
    assert found["cs-content"] == {
        "rule": "cs-content", "verdict": "unknown", "unjudged": 0, "why": "the log has no column text",
    }  # fmt: skip
    assert set(found) == {rule for rule, judged in audit.rules.items() if judged.why_unknown}
    assert "cs-send-window" not in found


def test_channels_that_are_assumed(tmp_path):
    automatic = line("m1", "2026-10-06T10:00+11:00", rest=",").replace("pluto", "cuba")
    assert profiled(tmp_path, automatic, line("m2", "2026-10-06T10:00+11:00", rest=","))["channels_assumed"] == 1


def test_the_profile_is_json(tmp_path):
    found = profiled(tmp_path, line("m1", "2026-10-06T10:00+11:00"))
    assert json.loads(json.dumps(found)) == found


def test_a_run_has_no_columns_of_a_file():
    built = Builder()
    built.customer(1)
    built.send(7, 1, at("2026-09-22 12:00"))
    log = built.log()
    found = profile(log, judge(log))
    assert (found["rows"], found["columns"], found["missing_columns"]) == (1, {}, [])
