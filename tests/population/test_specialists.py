"""Integrated Service Officers and the SAS Team: ids, queues, offices."""

from collections import Counter

import pytest

from sim.clock import HOUR, STATE_ZONES, ZONES
from sim.draws import Draws, Purpose
from sim.population.customers import STATES
from sim.population.officers import OfficerRole, officers
from sim.population.parameters import load_parameters
from sim.population.specialists import specialists

SEED = 7


@pytest.mark.parametrize("teams", [1, 2, 3])
def test_their_queues_stand_after_those_of_the_teams(teams: int) -> None:
    parameters = load_parameters({"staff.teams": teams, "integrated.officers": 5, "misdirected.sas_officers": 3})
    found = specialists(Draws(SEED), parameters)
    assert [officer.id for officer in found] == [10_001, 10_002, 10_003, 10_004, 10_005, 10_501, 10_502, 10_503]
    assert Counter((officer.role, officer.team) for officer in found) == {
        (OfficerRole.INTEGRATED_SERVICE_OFFICER, teams): 5,
        (OfficerRole.SPECIALISED_ASSESSMENT_OFFICER, teams + 1): 3,
    }
    others = officers(Draws(SEED), parameters)
    assert not {officer.id for officer in others} & {officer.id for officer in found}
    assert max(officer.team for officer in others) < teams


def test_hours_zone_and_access() -> None:
    found = specialists(Draws(SEED), load_parameters({"integrated.officers": 40}))
    assert {(officer.starts, officer.ends, officer.access) for officer in found} == {(8 * HOUR, 17 * HOUR, 3)}
    assert all(ZONES[officer.zone] == STATE_ZONES[STATES[officer.state]] for officer in found)


def test_states_are_dealt_as_evenly_as_the_numbers_allow() -> None:
    parameters = load_parameters({"integrated.officers": 400})
    found = [one for one in specialists(Draws(SEED), parameters) if one.id < 10_501]
    weights = [parameters[f"staff.state_{state.lower()}"] for state in STATE_ZONES]
    for index, weight in enumerate(weights):
        assert sum(one.state == index for one in found) == pytest.approx(400 * weight / sum(weights), abs=4)


def test_more_of_them_leave_the_others_as_they_were() -> None:
    few = specialists(Draws(SEED), load_parameters({"integrated.officers": 4}))
    many = specialists(Draws(SEED), load_parameters({"integrated.officers": 30}))
    assert many[:4] == few[:4]
    assert many[30:] == few[4:]


def test_draws_are_apart_by_purpose_entity_and_ordinal() -> None:
    draws = Draws(SEED)
    values = {draws.uniform(purpose, entity, n) for purpose in Purpose for entity in (1, 2) for n in (0, 1)}
    assert len(values) == 4 * len(Purpose)
    assert all(0 < value < 1 for value in values)
