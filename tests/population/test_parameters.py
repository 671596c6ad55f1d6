"""The mechanism of the parameters, the gateway's section, and files and set values that cannot be."""

import json
import math
from pathlib import Path

import pytest

from sim.errors import InputError
from sim.population.parameters import load_parameters

# Name, default, status; the figures are those of policy.md H.
GATEWAY = [
    ("gateway.rate_per_second", 0.7, "assume"),
    ("gateway.binds", 1, "assume"),
    ("gateway.acknowledgement_ms.median", 350.0, "assume"),
    ("gateway.acknowledgement_ms.sigma", 0.5, "assume"),
    ("gateway.delivered_share", 0.955, "pub"),
    ("gateway.never_reported_share", 0.01, "assume"),
    ("gateway.receipt_delay_seconds.median", 6.0, "assume"),
    ("gateway.receipt_delay_seconds.sigma", 1.2, "assume"),
    ("gateway.error_known_seconds.median", 1800.0, "assume"),
    ("gateway.error_known_seconds.sigma", 1.5, "assume"),
    ("gateway.cost_cents_per_part", 3.5, "assume"),
]

SMALL = """\
staff.officers: {value: 40, unit: officers, status: assume, source: our choice, minimum: 1, maximum: 100}
behaviour.answered_share: {value: 0.5, unit: share of calls, status: assume, source: our choice, maximum: 1.0}
staff.starts:
  value: 08:00
  unit: local time
  status: assume
  source: our choice
  minimum: 05:00
  maximum: 12:00
staff.pattern: {value: even, unit: name, status: assume, source: our choice, allowed: [even, peaked]}
staff.days: {value: [1, 2], unit: weekday, status: pub, source: a page}
"""


@pytest.mark.parametrize(("name", "default", "status"), GATEWAY)
def test_the_gateway_section(name: str, default: float, status: str) -> None:
    parameters = load_parameters()
    known = parameters.details[name]
    assert (parameters[name], known.default, known.status) == (default, default, status)
    assert type(parameters[name]) is type(default)


def test_the_gateway_section_is_complete() -> None:
    assert [name for name in load_parameters() if name.startswith("gateway.")] == [row[0] for row in GATEWAY]


def test_the_rate_is_the_published_one_scaled_to_the_default_load() -> None:
    assert load_parameters()["gateway.rate_per_second"] == round(40 * 20_000 / 1_200_000, 1)


def test_every_parameter_has_a_unit_a_source_and_a_value_within_its_bounds() -> None:
    for name, known in load_parameters().details.items():
        assert known.unit, name
        assert known.source, name
        if known.kind in ("whole", "decimal"):
            assert isinstance(known.minimum, int | float), name
            assert known.minimum <= known.value, name
            assert math.isfinite(known.value), name


def test_parameters_are_a_mapping_in_the_order_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(SMALL, encoding="utf-8")
    parameters = load_parameters(path=path)
    assert dict(parameters) == {
        "staff.officers": 40,
        "behaviour.answered_share": 0.5,
        "staff.starts": "08:00",
        "staff.pattern": "even",
        "staff.days": [1, 2],
    }
    assert list(parameters) == [line.partition(":")[0] for line in SMALL.splitlines() if line.startswith(("s", "b"))]
    assert len(parameters) == 5
    assert parameters.details["behaviour.answered_share"].minimum == 0
    with pytest.raises(KeyError):
        parameters["staff.officer"]


@pytest.mark.parametrize(
    ("name", "raw", "value"),
    [
        ("staff.officers", "1", 1),
        ("staff.officers", "100", 100),
        ("staff.officers", 7, 7),
        ("behaviour.answered_share", "0", 0.0),
        ("behaviour.answered_share", "1", 1.0),
        ("behaviour.answered_share", "2e-1", 0.2),
        ("behaviour.answered_share", 1, 1.0),
        ("staff.starts", "05:00", "05:00"),
        ("staff.pattern", "peaked", "peaked"),
        ("staff.days", "3,4", [3, 4]),
    ],
)
def test_a_set_value_that_is_allowed(tmp_path: Path, name: str, raw: object, value: object) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(SMALL, encoding="utf-8")
    parameters = load_parameters({name: raw}, path)
    assert parameters[name] == value
    assert type(parameters[name]) is type(value)
    assert parameters.details[name].default == load_parameters(path=path)[name]


@pytest.mark.parametrize(
    ("name", "raw", "problem"),
    [
        ("staff.officers", "0", "must be a whole number from 1 to 100 (value 0)"),
        ("staff.officers", "101", "must be a whole number from 1 to 100 (value 101)"),
        ("staff.officers", "1.5", "must be a whole number from 1 to 100 (value '1.5')"),
        ("behaviour.answered_share", "-0.01", "must be a number from 0 to 1.0 (value -0.01)"),
        ("behaviour.answered_share", "1.01", "must be a number from 0 to 1.0 (value 1.01)"),
        ("behaviour.answered_share", "nan", "must be a number from 0 to 1.0 (value 'nan')"),
        ("behaviour.answered_share", "inf", "must be a number from 0 to 1.0 (value 'inf')"),
        ("behaviour.answered_share", "half", "must be a number from 0 to 1.0 (value 'half')"),
        ("behaviour.answered_share", True, "must be a number from 0 to 1.0 (value True)"),
        ("staff.starts", "04:59", "must be a time of day (HH:MM) from 05:00 to 12:00 (value '04:59')"),
        ("staff.starts", "12:01", "must be a time of day (HH:MM) from 05:00 to 12:00 (value '12:01')"),
        ("staff.pattern", "odd", "must be one of even, peaked (value 'odd')"),
        ("staff.days", "1,1", "names 1 twice"),
        ("staff.officer", "1", "unknown parameter (did you mean staff.officers?)"),
        ("team.size", "1", "unknown parameter (allowed: staff.officers, behaviour.answered_share, staff.starts, "
         "staff.pattern, staff.days)"),
    ],
)  # fmt: skip
def test_a_set_value_that_cannot_be(tmp_path: Path, name: str, raw: object, problem: str) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(SMALL, encoding="utf-8")
    with pytest.raises(InputError) as raised:
        load_parameters({name: raw}, path)
    assert str(raised.value) == f"{name}: {problem}"


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("unit: officers, ", "", "1: staff.officers.unit: is missing"),
        ("unit: officers", "unit: ''", "1: staff.officers.unit: must have at least 1 character(s) (value '')"),
        ("source: our choice, minimum", "minimum", "1: staff.officers.source: is missing"),
        ("status: assume, source: our choice, minimum", "status: doc, source: our choice, minimum",
         "1: staff.officers.status: must be one of 'pub' or 'assume' (value 'doc')"),
        ("minimum: 1,", "minimun: 1,", "1: staff.officers.minimun: unknown key (did you mean minimum?)"),
        ("value: 40", "value: 101", "1: staff.officers: must be a whole number from 1 to 100 (value 101)"),
        ("value: 0.5", "value: -0.5", "2: behaviour.answered_share: must be a number from 0 to 1.0 (value -0.5)"),
        ("value: 08:00", "value: 04:00",
         "3: staff.starts: must be a time of day (HH:MM) from 05:00 to 12:00 (value '04:00')"),
        ("value: even", "value: odd", "10: staff.pattern: must be one of even, peaked (value 'odd')"),
        ("staff.officers:", "officers:",
         "1: officers: a parameter's name needs a section and a dot (such as staff.officers)"),
        ("staff.pattern:", "staff.officers:", "10: staff.officers: stands twice (first in line 1)"),
    ],
)  # fmt: skip
def test_a_malformed_file(tmp_path: Path, old: str, new: str, error: str) -> None:
    assert old in SMALL
    path = tmp_path / "small.yaml"
    path.write_text(SMALL.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError) as raised:
        load_parameters(path=path)
    assert str(raised.value) == f"{path}:{error}"


def test_the_hash_follows_the_values() -> None:
    usual = load_parameters().hash()
    assert load_parameters({"gateway.binds": "1"}).hash() == usual
    assert load_parameters({"gateway.binds": "2"}).hash() != usual
    assert load_parameters().hash() == usual


def test_a_parameter_at_its_neutral_value_does_not_count_in_the_hash(tmp_path: Path) -> None:
    # So that runs from before it existed keep their hash.
    path, longer = tmp_path / "small.yaml", tmp_path / "longer.yaml"
    path.write_text(SMALL, encoding="utf-8")
    longer.write_text(
        f"{SMALL}staff.pace: {{value: 1.0, neutral: 1.0, unit: times, status: assume, source: our choice}}\n",
        encoding="utf-8",
    )
    assert load_parameters(path=longer).hash() == load_parameters(path=path).hash()
    assert load_parameters({"staff.pace": 1.5}, longer).hash() != load_parameters(path=path).hash()
    assert load_parameters().details["work.monday"].neutral == 1.0


def test_the_plain_form_can_be_saved_with_a_run() -> None:
    plain = json.loads(json.dumps(load_parameters({"gateway.binds": "3"}).plain()))
    assert plain["schema"] == 1
    binds = plain["parameters"]["gateway.binds"]
    assert (binds["value"], binds["default"], binds["unit"], binds["status"]) == (3, 1, "binds", "assume")
    assert binds["source"]
