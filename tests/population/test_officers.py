"""Staff: ids, teams, shares dealt evenly, and offices closed on their state's public holidays."""

from collections import Counter
from datetime import date

import pytest

from sim.clock import HOUR, STATE_ZONES, ZONES, clock
from sim.draws import Draws
from sim.errors import InputError
from sim.messages import ProcessKind
from sim.population.customers import STATES
from sim.population.figures import teams
from sim.population.officers import (
    Officer,
    OfficerRole,
    is_working_day,
    officers,
    public_holidays,
    team_names,
    team_of,
)
from sim.population.parameters import Parameters, load_parameters

SEED = 7
OFFICES = tuple(STATE_ZONES)


# Staffing of these tests, whatever the defaults are: three teams of the same size.
EVEN: dict[str, object] = {
    "staff.officers": 42,
    "staff.weight_registrations": 1.0,
    "staff.weight_payments": 1.0,
    "staff.weight_objections": 1.0,
}


@pytest.fixture(scope="module")
def parameters() -> Parameters:
    return load_parameters(EVEN)


@pytest.fixture(scope="module")
def staff(parameters: Parameters) -> list[Officer]:
    return officers(Draws(SEED), parameters)


def in_role(staff: list[Officer], role: OfficerRole) -> list[Officer]:
    return [officer for officer in staff if officer.role == role]


def test_ids_tell_what_somebody_does(staff: list[Officer], parameters: Parameters) -> None:
    assert [officer.id for officer in in_role(staff, OfficerRole.SERVICE_OFFICER)] == list(range(1, 43))
    assert [officer.id for officer in in_role(staff, OfficerRole.TEAM_LEADER)] == [9001, 9002, 9003]
    assert [officer.id for officer in in_role(staff, OfficerRole.SERVICE_SUPPORT_OFFICER)] == [9501, 9502, 9503]
    assert len(staff) == 48


def test_every_team_has_its_leader_and_support(staff: list[Officer]) -> None:
    for role in (OfficerRole.TEAM_LEADER, OfficerRole.SERVICE_SUPPORT_OFFICER):
        assert Counter(officer.team for officer in in_role(staff, role)) == {0: 1, 1: 1, 2: 1}
    assert Counter(officer.team for officer in in_role(staff, OfficerRole.SERVICE_OFFICER)) == {0: 14, 1: 14, 2: 14}


def test_teams_are_filled_by_weight() -> None:
    sets = {"staff.weight_registrations": 2.0, "staff.weight_payments": 1.0, "staff.weight_objections": 1.0}
    found = officers(Draws(SEED), load_parameters({**sets, "staff.officers": 40}))
    assert Counter(officer.team for officer in in_role(found, OfficerRole.SERVICE_OFFICER)) == {0: 20, 1: 10, 2: 10}


def test_hours_and_zone_are_those_of_the_office(staff: list[Officer]) -> None:
    assert {(officer.starts, officer.ends) for officer in staff} == {(8 * HOUR, 17 * HOUR)}
    assert all(ZONES[officer.zone] == STATE_ZONES[STATES[officer.state]] for officer in staff)
    later = officers(Draws(SEED), load_parameters({"staff.starts": "08:30", "staff.ends": "24:00"}))
    assert {(officer.starts, officer.ends) for officer in later} == {(8 * HOUR + HOUR // 2, 24 * HOUR)}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_states_and_access_are_dealt_as_evenly_as_the_numbers_allow(seed: int, parameters: Parameters) -> None:
    found = in_role(officers(Draws(seed), load_parameters({"staff.officers": 400})), OfficerRole.SERVICE_OFFICER)
    weights = [parameters[f"staff.state_{state.lower()}"] for state in OFFICES]
    for index, weight in enumerate(weights):
        expected = 400 * weight / sum(weights)
        assert sum(officer.state == index for officer in found) == pytest.approx(expected, abs=4), OFFICES[index]
    lacking = [officer for officer in found if officer.access != 3]
    assert {officer.access for officer in lacking} == {1}
    assert len(lacking) == pytest.approx(400 * parameters["staff.no_access_share"], abs=3)


def test_leaders_and_support_officers_never_lack_access() -> None:
    found = officers(Draws(SEED), load_parameters({"staff.no_access_share": 1.0}))
    assert {officer.access for officer in in_role(found, OfficerRole.SERVICE_OFFICER)} == {1}
    assert {officer.access for officer in found if officer.role != OfficerRole.SERVICE_OFFICER} == {3}


def test_more_officers_leave_the_others_as_they_were(staff: list[Officer]) -> None:
    more = officers(Draws(SEED), load_parameters({**EVEN, "staff.officers": 60}))
    assert in_role(more, OfficerRole.SERVICE_OFFICER)[:42] == in_role(staff, OfficerRole.SERVICE_OFFICER)
    assert in_role(more, OfficerRole.TEAM_LEADER) == in_role(staff, OfficerRole.TEAM_LEADER)


def test_a_seed_turns_the_order(staff: list[Officer], parameters: Parameters) -> None:
    other = officers(Draws(SEED + 1), parameters)
    assert [officer.state for officer in other] != [officer.state for officer in staff]
    assert officers(Draws(SEED), parameters) == staff


def test_fewer_teams_do_all_the_work() -> None:
    found = officers(Draws(SEED), load_parameters({**EVEN, "staff.teams": 2, "staff.team_leaders": 2}))
    assert [officer.id for officer in in_role(found, OfficerRole.TEAM_LEADER)] == [9001, 9002, 9003, 9004]
    counts = Counter(officer.team for officer in in_role(found, OfficerRole.SERVICE_OFFICER))
    assert counts == {0: 28, 1: 14}
    assert team_names(2) == ("Registrations and changes; Objections and assessments", "Payments")
    assert team_names(3) == ("Registrations and changes", "Payments", "Objections and assessments")


@pytest.mark.parametrize(
    ("kind", "three", "two", "one"),
    [
        (ProcessKind.NEW_REGISTRATION, 0, 0, 0),
        (ProcessKind.CHANGE_OF_CARE, 0, 0, 0),
        (ProcessKind.INFORMATION_REQUEST, 0, 0, 0),
        (ProcessKind.BOUNCE_BACK_FOLLOW_UP, 0, 0, 0),
        (ProcessKind.PAYMENT, 1, 1, 0),
        (ProcessKind.OBJECTION, 2, 0, 0),
        (ProcessKind.CHANGE_OF_ASSESSMENT, 2, 0, 0),
        (ProcessKind.MISDIRECTED_MESSAGE, 0, 0, 0),
    ],
)
def test_work_goes_to_its_team(kind: ProcessKind, three: int, two: int, one: int) -> None:
    assert (team_of(kind, 3), team_of(kind, 2), team_of(kind, 1)) == (three, two, one)


def test_every_kind_of_work_has_one_team() -> None:
    taken = [kind for team in teams() for kind in team.takes]
    # Integrated Service Officers have a queue of their own.
    assert sorted(taken) == sorted(set(ProcessKind) - {ProcessKind.INTEGRATED})
    with pytest.raises(ValueError, match="no team"):
        team_of(99, 3)


@pytest.mark.parametrize(
    ("sets", "named"),
    [
        ({"staff.officers": 2}, "staff.officers"),
        ({"staff.starts": "17:00"}, "staff.ends"),
        ({"staff.weight_payments": 0.0}, "staff.weight_payments"),
        ({"staff.officers": 3, "staff.weight_payments": 100.0}, "staff.officers"),
        ({f"staff.state_{state.lower()}": 0.0 for state in OFFICES}, "staff.state"),
    ],
)
def test_impossible_staffing_is_refused_by_name(sets: dict[str, object], named: str) -> None:
    with pytest.raises(InputError, match=named):
        officers(Draws(SEED), load_parameters(sets))


def test_as_many_officers_as_teams_is_enough() -> None:
    found = officers(Draws(SEED), load_parameters({**EVEN, "staff.officers": 3}))
    assert [officer.team for officer in in_role(found, OfficerRole.SERVICE_OFFICER)] == [0, 1, 2]


HOLIDAYS = [
    # Labour Day in NSW, SA and the ACT, King's Birthday in Queensland.
    (date(2026, 10, 5), {"NSW", "SA", "ACT", "QLD"}),
    (date(2026, 10, 2), set()),
    (date(2026, 10, 6), set()),
    # The Friday before the AFL Grand Final.
    (date(2026, 9, 25), {"VIC"}),
    (date(2026, 9, 24), set()),
    # King's Birthday in Western Australia.
    (date(2026, 9, 28), {"WA"}),
    (date(2026, 9, 29), set()),
    # Melbourne Cup Day.
    (date(2026, 11, 3), {"VIC"}),
    (date(2026, 12, 25), set(OFFICES)),
    # Boxing Day falls on a Saturday: kept on the Monday.
    (date(2026, 12, 28), set(OFFICES)),
    (date(2027, 1, 1), set(OFFICES)),
    (date(2026, 12, 31), set()),
    # A weekend is closed anyway.
    (date(2026, 10, 3), set(OFFICES)),
    (date(2026, 10, 4), set(OFFICES)),
]


@pytest.mark.parametrize(("day", "closed"), HOLIDAYS, ids=[str(row[0]) for row in HOLIDAYS])
def test_offices_are_closed_on_weekends_and_on_their_states_holidays(
    day: date, closed: set[str], staff: list[Officer]
) -> None:
    office = {state: staff[0]._replace(state=OFFICES.index(state)) for state in OFFICES}
    assert {state for state in OFFICES if not is_working_day(office[state], day.toordinal())} == closed


def test_the_day_is_the_local_one(staff: list[Officer]) -> None:
    # Sunday 16:00 UTC is Monday in Sydney and in Perth still Monday 00:00; one hour before it is Sunday in Perth.
    perth, sydney = clock("Australia/Perth"), clock("Australia/Sydney")
    midnight = perth.midnight(date(2026, 9, 21).toordinal())
    officer = staff[0]._replace(state=OFFICES.index("WA"))
    assert is_working_day(officer, perth.day(midnight))
    assert not is_working_day(officer, perth.day(midnight - 1))
    assert is_working_day(officer, sydney.day(midnight - 1))


def test_national_holidays_are_in_every_states_list() -> None:
    australia_day = date(2026, 1, 26).toordinal()
    assert all(australia_day in public_holidays(state, 2026) for state in range(len(OFFICES)))
    assert australia_day not in public_holidays(0, 2027)
