"""Officers, Team Leaders and Service Support Officers: where they sit, their team, hours and access.

Staffing is dealt out evenly rather than drawn one by one: shares by state and by access are met as nearly as the
numbers allow, an officer stays the same when others are added, and a seed only turns the order (a rotated golden-ratio
sequence). So planners compare staffing levels and not luck.
"""

from collections.abc import Mapping
from datetime import date
from enum import IntEnum
from functools import cache
from typing import Any, NamedTuple

from sim.clock import STATE_ZONES, zone_code
from sim.draws import Choice, Draws, Purpose
from sim.errors import InputError
from sim.policy.settings import time_ms
from sim.population.figures import teams

FIRST_TEAM_LEADER = 9001
FIRST_SUPPORT_OFFICER = 9501
"""Ids: officers 1 … , Team Leaders 9001 … , Service Support Officers 9501 … ."""

ACCESS_CUBA = 1
ACCESS_PLUTO = 2

_OFFICE_STATES: tuple[str, ...] = tuple(STATE_ZONES)
_GOLDEN = 0.618_033_988_749_894_9
# Staff are not entities of draws; the turns are drawn for the whole run (entity 0), one for each purpose below.
_TURN_STATE, _TURN_ACCESS, _TURN_LEADER, _TURN_SUPPORT = range(4)


class OfficerRole(IntEnum):
    """What an officer does."""

    SERVICE_OFFICER = 1
    TEAM_LEADER = 2
    SERVICE_SUPPORT_OFFICER = 3
    INTEGRATED_SERVICE_OFFICER = 4
    SPECIALISED_ASSESSMENT_OFFICER = 5  # the SAS Team


class Officer(NamedTuple):
    """One member of staff. `name_key` is what `fakes.people` makes the name from; `state` an index of
    `sim.population.customers.STATES`, `zone` of `sim.clock.ZONES`, `team` of the teams set up; `starts` and `ends` are
    ms of the local day; `access` is 1 Cuba + 2 Pluto (`cs-officer-access`)."""

    id: int
    name_key: int
    state: int
    zone: int
    team: int
    starts: int
    ends: int
    access: int
    role: int


def team_of(kind: int, count: int) -> int:
    """The index of the team that takes work of this ProcessKind when `count` teams are set up. With fewer teams than
    the figures name, those beyond go round to the first ones. Raises ValueError for a kind that no team takes."""
    for index, team in enumerate(teams()):
        if kind in team.takes:
            return index % count
    raise ValueError(f"no team takes work of kind {kind}")


def team_names(count: int) -> tuple[str, ...]:
    """The names of the teams when `count` are set up; a team that does the work of several carries all their names."""
    named = [[team.name for place, team in enumerate(teams()) if place % count == index] for index in range(count)]
    return tuple("; ".join(names) for names in named)


def officers(draws: Draws, parameters: Mapping[str, Any]) -> list[Officer]:
    """Everybody on the staff: officers by id, then Team Leaders, then Service Support Officers.

    Raises InputError when a team would be left without officers or a day would end before it starts.
    """
    count, team_count = parameters["staff.officers"], parameters["staff.teams"]
    starts, ends = time_ms(parameters["staff.starts"]), time_ms(parameters["staff.ends"])
    if count < team_count:
        problem = f"fewer officers than teams (value {count}; allowed: at least {team_count})"
        raise InputError(problem, field="staff.officers")
    if ends <= starts:
        raise InputError("the working day ends before it starts", field="staff.ends")
    seats = [parameters[f"staff.state_{state.lower()}"] for state in _OFFICE_STATES]
    if sum(seats) <= 0:
        raise InputError("no state has any officers (at least one weight must be above 0)", field="staff.state_*")
    place = Choice(seats)
    lacking: float = parameters["staff.no_access_share"]

    def member(number: int, position: int, turn: int, team: int, role: OfficerRole) -> Officer:
        state = place(_dealt(draws, position, turn))
        lacks = role == OfficerRole.SERVICE_OFFICER and _dealt(draws, position, _TURN_ACCESS) < lacking
        access = ACCESS_CUBA if lacks else ACCESS_CUBA | ACCESS_PLUTO
        zone = zone_code(None, _OFFICE_STATES[state])
        return Officer(number, number, state, zone, team, starts, ends, access, role)

    everyone = [
        member(position + 1, position, _TURN_STATE, team, OfficerRole.SERVICE_OFFICER)
        for position, team in enumerate(_teams_in_turn(parameters, count, team_count))
    ]
    for first, name, turn, role in (
        (FIRST_TEAM_LEADER, "staff.team_leaders", _TURN_LEADER, OfficerRole.TEAM_LEADER),
        (FIRST_SUPPORT_OFFICER, "staff.support_officers", _TURN_SUPPORT, OfficerRole.SERVICE_SUPPORT_OFFICER),
    ):
        everyone.extend(
            member(first + position, position, turn, position % team_count, role)
            for position in range(team_count * parameters[name])
        )
    return everyone


def _dealt(draws: Draws, position: int, turn: int) -> float:
    """A number in (0, 1) that is evenly spread over positions 0, 1, 2 … ."""
    return (draws.uniform(Purpose.OFFICER_CHOICE, 0, turn) + position * _GOLDEN) % 1.0


def _teams_in_turn(parameters: Mapping[str, Any], count: int, team_count: int) -> list[int]:
    """The team of each officer in turn: whichever team is furthest below its weight gets the next one."""
    weights = [0.0] * team_count
    for index, team in enumerate(teams()):
        weights[index % team_count] += parameters[team.weight]
    if min(weights) <= 0:
        names = ", ".join(team.weight for team in teams())
        raise InputError("every team needs a weight above 0", field=names)
    members = [0] * team_count
    order: list[int] = []
    for _ in range(count):
        furthest = max(range(team_count), key=lambda index: (weights[index] / (2 * members[index] + 1), -index))
        members[furthest] += 1
        order.append(furthest)
    if min(members) == 0:
        short = team_names(team_count)[members.index(0)]
        raise InputError(f"team {short!r} is left without officers", field="staff.officers")
    return order


@cache
def public_holidays(state: int, year: int) -> frozenset[int]:
    """The public holidays of a state (index of `STATES`) in a year, as local days. National ones are among them."""
    import holidays

    days = holidays.country_holidays("AU", subdiv=_OFFICE_STATES[state], years=year)
    return frozenset(day.toordinal() for day in days)


@cache
def _working_day(state: int, local_day: int) -> bool:
    # Ordinal 1 was a Monday.
    if (local_day - 1) % 7 >= 5:
        return False
    return local_day not in public_holidays(state, date.fromordinal(local_day).year)


def is_working_day(officer: Officer, local_day: int) -> bool:
    """Whether the officer's office is open on this local day: Monday to Friday but for the state's public holidays
    (policy.md G)."""
    return _working_day(officer.state, local_day)
