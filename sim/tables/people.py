"""The customers and officers tables: what the history says of people."""

from enum import IntEnum

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.clock import HOUR
from sim.history import Event, History
from sim.messages import EmailStatus, MobileStatus, Service, SpecialisedArea
from sim.tables.columns import NEVER, Flags, Ints, Rows, coded, instants, looked_up, zone_column
from sim.tables.spans import spans

_REGISTER_FACTS = (
    Event.ZONE_RECORDED,
    Event.MOBILE_RECORDED,
    Event.EMAIL_RECORDED,
    Event.RESTRICTED_ACCESS_SET,
    Event.EMPLOYER_SET,
    Event.NUMBERS_RECORDED,
    Event.AREA_RECORDED,
    Event.FDV_INDICATOR_SET,
)

FIRST_TEAM_LEADER, FIRST_SUPPORT_OFFICER = 9001, 9501
"""Officers below the first id deal with work; Team Leaders and Service Support Officers have ids of their own."""
ROLES = ("officer", "team_leader", "service_support_officer")


def _latest(
    rows: Rows, event: int, subject: str = "customer", column: str = "value"
) -> tuple[Ints, Ints, Ints]:
    """(ids, value, since): the latest value of a fact for each id, and since when it has been that value."""
    positions = rows.of(event)
    positions = positions[rows.column[subject][positions] > 0]
    who, when, value = (rows.column[name][positions] for name in (subject, "time", column))
    order = np.argsort(who, kind="stable")
    who, when, value = who[order], when[order], value[order]
    changed = np.ones(len(who), dtype=bool)
    changed[1:] = (who[1:] != who[:-1]) | (value[1:] != value[:-1])
    who, when, value = who[changed], when[changed], value[changed]
    ids, from_end = np.unique(who[::-1], return_index=True)
    last = len(who) - 1 - from_end
    return ids, value[last], when[last]


def _toggled(rows: Rows, on: int, off: int, ids: Ints) -> tuple[Ints, Ints]:
    """For each id the start of the latest span that `on` began and the instant `off` ended it (NEVER: open)."""
    positions = rows.of(on, off)
    who, when = rows.column["customer"][positions], rows.column["time"][positions]
    begins = rows.column["event"][positions] == on
    order = np.argsort(who, kind="stable")
    who, when, begins = who[order], when[order], begins[order]
    changed = np.ones(len(who), dtype=bool)
    changed[1:] = (who[1:] != who[:-1]) | (begins[1:] != begins[:-1])
    who, when, begins = who[changed], when[changed], begins[changed]
    latest_on = _last_value(who[begins], when[begins], ids)
    latest_off = _last_value(who[~begins], when[~begins], ids)
    ended = (latest_on != NEVER) & (latest_off >= latest_on) & ~_open(who, begins, ids)
    return latest_on, np.where(ended, latest_off, NEVER)


def _open(who: Ints, begins: Flags, ids: Ints) -> Flags:
    """Whether the last change of each id (rows sorted by id) began a span."""
    opened: Flags = _last_value(who, begins.astype(np.int64), ids, missing=0) == 1
    return opened


def _last_value(who: Ints, values: Ints, ids: Ints, missing: int = NEVER) -> Ints:
    """The last of `values` (rows sorted by `who`) for each of `ids`."""
    keys, from_end = np.unique(who[::-1], return_index=True)
    return looked_up(ids, keys, values[len(who) - 1 - from_end], missing)


def customers_table(history: History) -> pd.DataFrame:
    """A row a customer as the register had them at the end, sorted by id: the companion of the messages table.

    `mobile_status` holds since `mobile_status_from`; `sms_opt_out_at` is the start of the latest opt-out and
    `sms_opt_out_lifted_at` its end (empty while it holds). Facts that the history does not hold (state,
    vulnerability) have no column. Behind the format stand `email_status`, `numbers` (available phone numbers),
    `area`, `fdv_indicator`, `reminder_ended` and `general_ended`.
    """
    rows = Rows(history)
    facts = rows.take("customer", *(event for event in Event if event <= Event.OBJECTION_OUT_OF_TIME))
    ids = np.unique(facts[facts > 0])
    latest = {event: _latest(rows, event) for event in _REGISTER_FACTS}

    def value(event: Event, missing: int = 0) -> Ints:
        return looked_up(ids, *latest[event][:2], missing)

    mobile, since = latest[Event.MOBILE_RECORDED][0], latest[Event.MOBILE_RECORDED][2]
    opted_out, lifted = _toggled(rows, Event.OPT_OUT_RECORDED, Event.OPT_OUT_LIFTED, ids)
    frame = pd.DataFrame({"customer_id": ids})
    frame["timezone"] = zone_column(value(Event.ZONE_RECORDED, missing=-1))
    frame["mobile_status"] = _named(value(Event.MOBILE_RECORDED), MobileStatus)
    frame["mobile_status_from"] = instants(looked_up(ids, mobile, since, NEVER))
    frame["sms_opt_out_at"] = instants(opted_out)
    frame["sms_opt_out_lifted_at"] = instants(lifted)
    died, first = np.unique(rows.take("customer", Event.DIED), return_index=True)
    frame["deceased_at"] = instants(looked_up(ids, died, rows.take("time", Event.DIED)[first], NEVER))
    frame["restricted_access"] = value(Event.RESTRICTED_ACCESS_SET) > 0
    frame["employer"] = value(Event.EMPLOYER_SET) > 0
    frame["email_status"] = _named(value(Event.EMAIL_RECORDED), EmailStatus)
    frame["numbers"] = value(Event.NUMBERS_RECORDED)
    frame["area"] = _named(value(Event.AREA_RECORDED), SpecialisedArea)
    frame["fdv_indicator"] = value(Event.FDV_INDICATOR_SET) > 0
    for service in (Service.REMINDER, Service.GENERAL):
        frame[f"{service.name.lower()}_ended"] = _service_ended(rows, service, ids)
    return frame


def _named(codes: Ints, enum: type[IntEnum]) -> "pd.Categorical[str]":
    """Lower-case names where code 0 is a value of its own (`none` on record)."""
    return coded(codes, [member.name.lower() for member in enum])


def _service_ended(rows: Rows, service: int, ids: Ints) -> Flags:
    positions = rows.of(Event.SERVICE_ENDED, Event.SERVICE_RESTORED)
    positions = positions[rows.column["value"][positions] == service]
    positions = positions[np.argsort(rows.column["customer"][positions], kind="stable")]
    ended = rows.column["event"][positions] == Event.SERVICE_ENDED
    return _open(rows.column["customer"][positions], ended, ids)


def officers_table(history: History) -> pd.DataFrame:
    """A row an officer, sorted by id: role, team (counted from 1), zone, access, and what they did while observed.

    An officer whose access is not on record has no team (0) and no zone. `shift_hours` is the rostered time and
    `work_hours` the time between the start and the end of work items (hours); `sends` counts first presses of Send,
    `calls` call attempts.
    """
    rows = Rows(history)
    known = rows.take("officer", Event.ACCESS_RECORDED, Event.SHIFT_STARTED, Event.WORK_STARTED, Event.SEND_PRESSED)
    ids = np.unique(known[known > 0])
    access = looked_up(ids, *_latest(rows, Event.ACCESS_RECORDED, "officer")[:2])
    frame = pd.DataFrame({"officer_id": ids})
    frame["role"] = coded(
        np.searchsorted([FIRST_TEAM_LEADER, FIRST_SUPPORT_OFFICER], ids, side="right").astype(np.int64), ROLES
    )
    teams = _latest(rows, Event.ACCESS_RECORDED, "officer", "ref")
    frame["team"] = looked_up(ids, *teams[:2], missing=-1) + 1
    zones = _latest(rows, Event.ACCESS_RECORDED, "officer", "other")
    frame["timezone"] = zone_column(looked_up(ids, *zones[:2], missing=-1))
    frame["cuba_access"] = (access & 1) > 0
    frame["pluto_access"] = (access & 2) > 0
    shifts = spans(history, Event.SHIFT_STARTED, Event.SHIFT_ENDED)
    work = spans(history, Event.WORK_STARTED, Event.WORK_ENDED, by_ref=True)
    frame["shifts"] = _counted(ids, shifts["officer"].to_numpy())
    frame["shift_hours"] = _summed_hours(ids, shifts)
    frame["work_items"] = _counted(ids, work["officer"].to_numpy())
    frame["work_hours"] = _summed_hours(ids, work)
    frame["sends"] = _counted(ids, rows.take("officer", Event.SEND_PRESSED))
    frame["calls"] = _counted(ids, rows.take("officer", Event.CALL_ATTEMPTED))
    return frame


def _counted(ids: Ints, who: Ints) -> Ints:
    keys, counts = np.unique(who, return_counts=True)
    return looked_up(ids, keys, counts.astype(np.int64))


def _summed_hours(ids: Ints, found: pd.DataFrame) -> npt.NDArray[np.float64]:
    lengths = (found["end"] - found["start"]).groupby(found["officer"]).sum()
    return looked_up(ids, lengths.index.to_numpy(), lengths.to_numpy()) / HOUR
