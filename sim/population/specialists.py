"""Staff with queues of their own beside the teams of Child Support: Integrated Service Officers and the SAS Team."""

from collections.abc import Mapping
from typing import Any

from sim.clock import STATE_ZONES, zone_code
from sim.draws import Choice, Draws, Purpose
from sim.policy.settings import time_ms
from sim.population.officers import ACCESS_CUBA, ACCESS_PLUTO, Officer, OfficerRole

FIRST_INTEGRATED_OFFICER = 10_001
FIRST_SAS_OFFICER = 10_501
"""Ids, apart from those of `sim.population.officers`."""

_STATES: tuple[str, ...] = tuple(STATE_ZONES)
_GOLDEN = 0.618_033_988_749_894_9


def specialists(draws: Draws, parameters: Mapping[str, Any]) -> list[Officer]:
    """Integrated Service Officers, then the SAS Team, by id. Their `team` stands after those of Child Support: the
    first two indices that those leave free. Seats are dealt out over the states as for other officers."""
    starts, ends = time_ms(parameters["staff.starts"]), time_ms(parameters["staff.ends"])
    place = Choice([parameters[f"staff.state_{state.lower()}"] for state in _STATES])
    access = ACCESS_CUBA | ACCESS_PLUTO
    everyone: list[Officer] = []
    for after, (first, name, role) in enumerate(
        (
            (FIRST_INTEGRATED_OFFICER, "integrated.officers", OfficerRole.INTEGRATED_SERVICE_OFFICER),
            (FIRST_SAS_OFFICER, "misdirected.sas_officers", OfficerRole.SPECIALISED_ASSESSMENT_OFFICER),
        )
    ):
        turn = draws.uniform(Purpose.SEAT, role)
        for position in range(parameters[name]):
            state = place((turn + position * _GOLDEN) % 1.0)
            zone, number = zone_code(None, _STATES[state]), first + position
            team = parameters["staff.teams"] + after
            everyone.append(Officer(number, number, state, zone, team, starts, ends, access, role))
    return everyone
