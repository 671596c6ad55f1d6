"""Load files: what they say, what a command line changes, and what cannot be."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sim.clock import HOUR, MINUTE, clock, instant
from sim.errors import InputError
from sim.scenario import load as loads
from sim.scenario.load import Fault, Load, load_file, shipped_loads, split_sets

LOAD = """\
emsim: 1
kind: load
name: small
title: A small load
start: 2026-09-21
days: 7
customers: 100
seed: 3
policy:
  cs-daily-limit.limit: 4
  cs-send-window.opens: 09:00
parameters:
  gateway.binds: 2
zones: [Australia/Perth, Australia/Lord_Howe]
faults:
  - {kind: gateway_outage, starts: 2026-09-22T19:40, minutes: 45}
"""


def _written(folder: Path, text: str) -> Path:
    path = folder / "small.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_load_says_what_its_file_says(tmp_path: Path) -> None:
    load = load_file(_written(tmp_path, LOAD))
    assert load == Load(
        name="small",
        title="A small load",
        start=date(2026, 9, 21),
        days=7,
        customers=100,
        seed=3,
        policy={"cs-daily-limit.limit": 4, "cs-send-window.opens": "09:00"},
        parameters={"gateway.binds": 2},
        faults=(Fault("gateway_outage", instant("2026-09-22T19:40:00+10:00"), 45),),
        zones=("Australia/Perth", "Australia/Lord_Howe"),
    )
    assert load.faults[0].ends == instant("2026-09-22T20:25:00+10:00")
    assert load.read_policy().value("cs-daily-limit.limit") == 4
    assert load.read_parameters()["gateway.binds"] == 2


def test_what_is_left_out_is_empty(tmp_path: Path) -> None:
    load = load_file(_written(tmp_path, LOAD.partition("policy:")[0]))
    assert (load.policy, load.parameters, load.faults, load.zones) == ({}, {}, (), ())
    assert load.programmes == ("child_support", "customer_first", "debt_recovery")


def test_a_load_may_be_restricted_to_programmes(tmp_path: Path) -> None:
    load = load_file(_written(tmp_path, LOAD + "programmes: [debt_recovery]\n"))
    assert load.programmes == ("debt_recovery",)


@pytest.mark.parametrize(
    ("written", "error"),
    [
        ("[debt_recovry]", "17: programmes[0]: unknown programme (did you mean debt_recovery?) (value 'debt_recovry')"),
        ("[debt_recovery, debt_recovery]", "17: programmes[1]: stands twice (value 'debt_recovery')"),
        ("[]", "17: programmes: must have at least 1 item(s) (value [])"),
    ],
)
def test_programmes_that_cannot_be(tmp_path: Path, written: str, error: str) -> None:
    path = _written(tmp_path, f"{LOAD}programmes: {written}\n")
    with pytest.raises(InputError) as raised:
        load_file(path)
    assert str(raised.value) == f"{path}:{error}"


def test_the_load_of_debtors_alone() -> None:
    load = load_file("debt_quarter")
    assert (load.days, load.programmes, load.policy) == (90, ("debt_recovery",), {})


def test_the_default_load() -> None:
    load = load_file()
    assert (load.name, load.customers, load.seed) == ("four_weeks", 20_000, 1)
    assert (load.start, load.days) == (date(2026, 9, 21), 28)
    assert (load.policy, load.parameters, load.zones) == ({}, {}, ())
    assert load.starts == instant("2026-09-21T00:00:00+10:00")
    assert load.ends == instant("2026-10-19T00:00:00+11:00")
    assert load == load_file("four_weeks") == load_file(shipped_loads()["four_weeks"])


def test_the_outage_of_the_default_load_meets_closing_time() -> None:
    (outage,) = load_file().faults
    sydney = clock("Australia/Sydney")
    closing = sydney.at(date(2026, 9, 29).toordinal(), 20 * HOUR)
    assert outage.starts < closing - 15 * MINUTE
    assert closing + 15 * MINUTE < outage.ends < sydney.at(date(2026, 9, 30).toordinal(), 0)


def test_every_shipped_load_can_be_read() -> None:
    shipped = shipped_loads()
    assert "four_weeks" in shipped
    for name, path in shipped.items():
        assert load_file(name).name == name == path.stem


def test_loads_of_an_installed_wheel_come_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed = tmp_path / "sim"
    (installed / "shipped" / "loads").mkdir(parents=True)
    (installed / "shipped" / "loads" / "tiny.yaml").write_text(LOAD.replace("small", "tiny"), encoding="utf-8")
    monkeypatch.setattr(loads, "_PACKAGE", installed)
    assert list(shipped_loads()) == ["tiny"]
    assert load_file("tiny").name == "tiny"
    with pytest.raises(
        InputError, match=r"^four_weeks: no load has this name \(allowed: tiny, or the path of a file\)$"
    ):
        load_file("four_weeks")


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("emsim: 1", "emsim: 2", "1: emsim: must be one of 1 (value 2)"),
        ("kind: load", "kind: scenario", "2: kind: must be one of 'load' (value 'scenario')"),
        ("name: small", "name: a/b", "3: name: must look like ^[A-Za-z0-9_-]+$ (value 'a/b')"),
        ("title: A small load", "title: ''", "4: title: must have at least 1 character(s) (value '')"),
        ("title: A small load\n", "", "1: title: is missing"),
        ("start: 2026-09-21", "start: 2026-9-21",
         "5: start: must be a date such as 2026-09-21, from 2000-01-01 to 2098-12-31 (value '2026-9-21')"),
        ("start: 2026-09-21", "start: 2026-02-29",
         "5: start: must be a date such as 2026-09-21, from 2000-01-01 to 2098-12-31 (value '2026-02-29')"),
        ("start: 2026-09-21", "start: 1999-12-31",
         "5: start: must be a date such as 2026-09-21, from 2000-01-01 to 2098-12-31 (value '1999-12-31')"),
        ("start: 2026-09-21", "start: 20260921", "5: start: must be text (value 20260921)"),
        ("days: 7", "days: 0", "6: days: must be at least 1 (value 0)"),
        ("days: 7", "days: 401", "6: days: must be at most 400 (value 401)"),
        ("days: 7", "days: 1.5", "6: days: must be a whole number (value 1.5)"),
        ("customers: 100", "customers: 0", "7: customers: must be at least 1 (value 0)"),
        ("customers: 100", "customers: 2000001", "7: customers: must be at most 2000000 (value 2000001)"),
        ("customers: 100", "customers: 1e3", "7: customers: must be a whole number (value '1e3')"),
        ("customers: 100", "costumers: 100", "1: customers: is missing (and 1 more)"),
        ("seed: 3", "seed: -1", "8: seed: must be at least 0 (value -1)"),
        ("seed: 3", "seed: 3\nspeed: 1", "9: speed: unknown key (did you mean seed?)"),
        ("cs-daily-limit.limit: 4", "cs-daily-limit.limit: four",
         "10: policy.cs-daily-limit.limit: must be a whole number from 0 to 1000 (value 'four')"),
        ("cs-daily-limit.limit: 4", "cs-daily-limits.limit: 4",
         "10: policy.cs-daily-limits.limit: unknown policy value (did you mean cs-daily-limit.limit?)"),
        ("cs-daily-limit.limit: 4", "gateway.binds: 4",
         "10: policy.gateway.binds: is a parameter: write it under parameters"),
        ("cs-send-window.opens: 09:00", "cs-send-window.opens: 20:00",
         "11: policy.cs-send-window.opens: must be before cs-send-window.closes (20:00) (value 20:00)"),
        ("policy:\n  cs-daily-limit.limit: 4\n  cs-send-window.opens: 09:00", "policy: 4",
         "9: policy: must be a mapping of names to values (value 4)"),
        ("gateway.binds: 2", "gateway.binds: 0",
         "13: parameters.gateway.binds: must be a whole number from 1 to 1000 (value 0)"),
        ("gateway.binds: 2", "gateway.bind: 2",
         "13: parameters.gateway.bind: unknown parameter (did you mean gateway.binds?)"),
        ("gateway.binds: 2", "cs-daily-limit.limit: 2",
         "13: parameters.cs-daily-limit.limit: is a policy value: write it under policy"),
        ("gateway.binds: 2", "staff.officers: 4",
         "13: parameters.staff.officers: team 'Objections and assessments' is left without officers"),
        ("Australia/Lord_Howe]", "Australia/Perth]", "14: zones[1]: stands twice (value 'Australia/Perth')"),
        ("Australia/Lord_Howe]", "Australia/Lordhowe]",
         "14: zones[1]: unknown zone (did you mean Australia/Lord_Howe?) (value 'Australia/Lordhowe')"),
        ("kind: gateway_outage", "kind: fire",
         "16: faults[0].kind: must be one of 'gateway_outage' or 'disaster' (value 'fire')"),
        ("minutes: 45", "minutes: 0", "16: faults[0].minutes: must be at least 1 (value 0)"),
        ("minutes: 45", "minuets: 45", "16: faults[0].minuets: unknown key (did you mean minutes?)"),
        (", minutes: 45", "", "16: faults[0]: gateway_outage needs minutes (it has minutes)"),
        ("minutes: 45", "minutes: 45, days: 1", "16: faults[0]: gateway_outage has no days (it has minutes)"),
        ("gateway_outage", "disaster", "16: faults[0]: disaster has no minutes (it has days, postcodes)"),
        ("kind: gateway_outage, starts: 2026-09-22T19:40, minutes: 45", "kind: disaster, starts: 2026-09-22T19:40, "
         "days: 2", "16: faults[0]: disaster needs postcodes (it has days, postcodes)"),
        ("kind: gateway_outage, starts: 2026-09-22T19:40, minutes: 45", "kind: disaster, starts: 2026-09-22T19:40, "
         "days: 2, postcodes: [2999, 2000]", "16: faults[0]: postcodes are a first and a last one from 200 to 9999"),
        ("faults:\n  - {kind: gateway_outage, starts: 2026-09-22T19:40, minutes: 45}",
         "programmes: [child_support]\nfaults:\n  - {kind: disaster, starts: 2026-09-22T19:40, days: 2, "
         "postcodes: [2000, 2999]}", "17: faults[0].kind: a disaster concerns the programme debt_recovery alone"),
        ("2026-09-22T19:40", "tomorrow",
         "16: faults[0].starts: must be a time such as 2026-09-29T19:40 (agency time) or 2026-09-29T19:40+10:00 "
         "(value 'tomorrow')"),
        ("2026-09-22T19:40", "2026-09-22",
         "16: faults[0].starts: must be a time such as 2026-09-29T19:40 (agency time) or 2026-09-29T19:40+10:00 "
         "(value '2026-09-22')"),
        ("2026-09-22T19:40", "2026-09-20T23:59:59.999",
         "16: faults[0].starts: must lie within the run, 2026-09-21 to 2026-09-27 (value '2026-09-20T23:59:59.999')"),
        ("2026-09-22T19:40", "2026-09-28T00:00",
         "16: faults[0].starts: must lie within the run, 2026-09-21 to 2026-09-27 (value '2026-09-28T00:00')"),
    ],
)  # fmt: skip
def test_a_load_that_cannot_be(tmp_path: Path, old: str, new: str, error: str) -> None:
    assert old in LOAD
    path = _written(tmp_path, LOAD.replace(old, new, 1))
    with pytest.raises(InputError) as raised:
        load_file(path)
    assert str(raised.value) == f"{path}:{error}"


@pytest.mark.parametrize(
    ("days", "written", "instant_text"),
    [
        (14, "2026-09-21T00:00", "2026-09-21T00:00:00+10:00"),
        (14, "2026-10-04T01:59", "2026-10-04T01:59:00+10:00"),
        (14, "2026-10-04T03:00", "2026-10-04T03:00:00+11:00"),
        (14, "2026-10-04T03:00+11:00", "2026-10-04T03:00:00+11:00"),
        (14, "2026-09-22T09:40Z", "2026-09-22T19:40:00+10:00"),
        (14, "2026-10-04T23:59:59.999", "2026-10-04T23:59:59.999+11:00"),
    ],
)
def test_a_fault_starts_in_agency_time_or_at_an_instant(
    tmp_path: Path, days: int, written: str, instant_text: str
) -> None:
    text = LOAD.replace("days: 7", f"days: {days}").replace("2026-09-22T19:40", written)
    assert load_file(_written(tmp_path, text)).faults[0].starts == instant(instant_text)


@pytest.mark.parametrize(
    ("start", "written", "when"),
    [("2026-10-01", "2026-10-04T02:30", "never"), ("2027-04-01", "2027-04-04T02:30", "twice")],
)
def test_a_fault_at_a_time_that_is_not_one_instant(tmp_path: Path, start: str, written: str, when: str) -> None:
    text = LOAD.replace("start: 2026-09-21", f"start: {start}").replace("2026-09-22T19:40", written)
    path = _written(tmp_path, text)
    with pytest.raises(InputError) as raised:
        load_file(path)
    assert str(raised.value) == (
        f"{path}:16: faults[0].starts: occurs {when} in Australia/Sydney: add an offset such as +11:00 "
        f"(value '{written}')"
    )


def test_a_disaster_covers_postcodes_for_days(tmp_path: Path) -> None:
    disaster = "  - {kind: disaster, starts: 2026-09-23T09:00, days: 3, postcodes: [2000, 2999]}\n"
    outage, found = load_file(_written(tmp_path, LOAD + disaster)).faults
    assert found == Fault("disaster", instant("2026-09-23T09:00:00+10:00"), days=3, postcodes=(2000, 2999))
    assert found.plain() == {
        "kind": "disaster", "starts": "2026-09-22T23:00:00.000Z", "days": 3, "postcodes": [2000, 2999],
    }  # fmt: skip
    assert outage.plain() == {"kind": "gateway_outage", "starts": "2026-09-22T09:40:00.000Z", "minutes": 45}


def test_faults_stand_in_the_order_of_time(tmp_path: Path) -> None:
    earlier = "  - {kind: gateway_outage, starts: 2026-09-21T08:00, minutes: 5}\n"
    faults = load_file(_written(tmp_path, LOAD + earlier)).faults
    assert [fault.minutes for fault in faults] == [5, 45]


def test_a_file_that_is_not_there() -> None:
    with pytest.raises(InputError) as raised:
        load_file("nowhere/small.yaml")
    assert str(raised.value) == "nowhere/small.yaml: no such file"


def test_a_name_that_no_load_has() -> None:
    with pytest.raises(InputError) as raised:
        load_file("five_weeks")
    assert str(raised.value).startswith("five_weeks: no load has this name (allowed: ")
    assert "four_weeks" in str(raised.value)


def test_overrides_replace_what_the_file_says(tmp_path: Path) -> None:
    load = load_file(_written(tmp_path, LOAD))
    sets = {"cs-daily-limit.limit": "6", "cs-opt-out.reach": "sms_only", "gateway.rate_per_second": "2"}
    changed = load.with_overrides(seed=9, customers=10, days=3, start="2026-12-31", sets=sets)
    assert (changed.seed, changed.customers, changed.days, changed.start) == (9, 10, 3, date(2026, 12, 31))
    policy, parameters = changed.read_policy(), changed.read_parameters()
    assert policy.value("cs-daily-limit.limit") == 6
    assert policy.value("cs-opt-out.reach") == "sms_only"
    assert policy.value("cs-send-window.opens") == "09:00"
    assert (parameters["gateway.rate_per_second"], parameters["gateway.binds"]) == (2.0, 2)
    assert (load.seed, load.read_policy().value("cs-daily-limit.limit")) == (3, 4)
    assert load.with_overrides() == load
    assert load.with_overrides(start=date(2026, 9, 22)).start == date(2026, 9, 22)


@pytest.mark.parametrize(
    ("overrides", "error"),
    [
        ({"seed": -1}, "seed: must be a whole number from 0 to 9223372036854775807 (value -1)"),
        ({"days": 0}, "days: must be a whole number from 1 to 400 (value 0)"),
        ({"days": 401}, "days: must be a whole number from 1 to 400 (value 401)"),
        ({"customers": 0}, "customers: must be a whole number from 1 to 2000000 (value 0)"),
        ({"customers": 2_000_001}, "customers: must be a whole number from 1 to 2000000 (value 2000001)"),
        ({"start": "soon"},
         "start: must be a date such as 2026-09-21, from 2000-01-01 to 2098-12-31 (value 'soon')"),
        ({"sets": {"cs-daily-limit.limit": "x"}},
         "cs-daily-limit.limit: must be a whole number from 0 to 1000 (value 'x')"),
        ({"sets": {"cs-send-window.closes": "09:00"}},
         "cs-send-window.opens: must be before cs-send-window.closes (09:00) (value 09:00)"),
        ({"sets": {"gateway.binds": "0"}}, "gateway.binds: must be a whole number from 1 to 1000 (value 0)"),
        ({"sets": {"gateway.bindz": "1"}},
         "gateway.bindz: neither a policy value nor a parameter (did you mean gateway.binds?)"),
        ({"sets": {"cs-dayly-limit.limit": "1"}},
         "cs-dayly-limit.limit: neither a policy value nor a parameter (did you mean cs-daily-limit.limit?)"),
        ({"sets": {"cs-once.times": "1"}}, "cs-once.times: unknown value of the rule cs-once (it has none)"),
        ({"sets": {"": "1"}}, "neither a policy value nor a parameter"),
    ],
)  # fmt: skip
def test_overrides_that_cannot_be(tmp_path: Path, overrides: dict[str, Any], error: str) -> None:
    load = load_file(_written(tmp_path, LOAD))
    with pytest.raises(InputError) as raised:
        load.with_overrides(**overrides)
    assert str(raised.value) == error


def test_sets_are_split_between_policy_and_parameters() -> None:
    assert split_sets({"gateway.binds": "2", "dr-gap.reading": "hours_24", "cs-fdv.enforced": True}) == (
        {"dr-gap.reading": "hours_24", "cs-fdv.enforced": True},
        {"gateway.binds": "2"},
    )
