"""Staff with queues of their own beside the teams of Child Support: Integrated Service Officers and the SAS Team."""

from collections.abc import Mapping
from enum import IntEnum
from typing import Any

from sim.clock import STATE_ZONES, zone_code
from sim.draws import Choice, Draws, draw
from sim.policy.settings import time_ms
from sim.population.officers import ACCESS_CUBA, ACCESS_PLUTO, Officer, OfficerRole

FIRST_INTEGRATED_OFFICER = 10_001
FIRST_SAS_OFFICER = 10_501
"""Ids, apart from those of `sim.population.officers`."""

_STATES: tuple[str, ...] = tuple(STATE_ZONES)
_GOLDEN = 0.618_033_988_749_894_9


class SpecialPurpose(IntEnum):
    """Why a number is drawn. Codes are fixed for ever, and apart from those of `sim.draws.Purpose`."""

    SEAT = 240  # entity: OfficerRole
    WORK = 241  # entity: work item; n: what is drawn of it
    READER = 242  # entity: customer whose number somebody else has
    REACTION = 243  # entity: cause of the message; n: step and what is drawn
    WRONG_CUSTOMER = 244  # entity: work item; n: step


def special(draws: Draws, purpose: SpecialPurpose, entity: int, n: int = 0) -> float:
    """A number strictly between 0 and 1 for this key and the run's seed."""
    return draw(draws.seed, purpose, entity, n)


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
        turn = special(draws, SpecialPurpose.SEAT, role)
        for position in range(parameters[name]):
            state = place((turn + position * _GOLDEN) % 1.0)
            zone, number = zone_code(None, _STATES[state]), first + position
            team = parameters["staff.teams"] + after
            everyone.append(Officer(number, number, state, zone, team, starts, ends, access, role))
    return everyone
