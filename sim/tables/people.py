"""The customers and officers tables: what the history says of people."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.clock import HOUR
from sim.history import Event, History
from sim.messages import EmailStatus, MobileStatus, Service, SpecialisedArea
from sim.tables.centrelink import centrelink_columns, is_centrelink_fact, vulnerable, vulnerable_from
from sim.tables.columns import NEVER, Flags, Ints, Rows, coded, instants, looked_up, zone_column
from sim.tables.facts import latest_fact, named, opened, toggled
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

FIRST_TEAM_LEADER, FIRST_SUPPORT_OFFICER, FIRST_INTEGRATED_OFFICER, FIRST_SAS_OFFICER = 9001, 9501, 10_001, 10_501
"""Officers below the first id deal with Child Support's work; the other roles have ids of their own."""
_FIRST_IDS = (FIRST_TEAM_LEADER, FIRST_SUPPORT_OFFICER, FIRST_INTEGRATED_OFFICER, FIRST_SAS_OFFICER)
ROLES = (
    "officer", "team_leader", "service_support_officer", "integrated_service_officer", "specialised_assessment_officer",
)  # fmt: skip
"""Roles in the order of their ids; the last are the Specialised Assessment Services (SAS) Team."""


def customers_table(history: History) -> pd.DataFrame:
    """A row a customer as the register had them at the end, sorted by id: the companion of the messages table.

    `mobile_status` holds since `mobile_status_from`; `sms_opt_out_at` is the start of the latest opt-out and
    `sms_opt_out_lifted_at` its end (empty while it holds). These are Child Support's record: for somebody whom only
    Centrelink knows, `mobile_status` is missing. `vulnerable` tells of vulnerabilities that exclude from debt messages,
    as they are since `vulnerable_from`.

    Behind the format stand `email_status`, `numbers` (available phone numbers), `area`, `fdv_indicator`,
    `reminder_ended` and `general_ended`; then what Centrelink has on record, in the columns of `centrelink_columns`.
    """
    rows = Rows(history)
    recorded = [event for event in Event if event <= Event.OBJECTION_OUT_OF_TIME or is_centrelink_fact(event)]
    facts = rows.take("customer", *recorded)
    ids = np.unique(facts[facts > 0])
    latest = {event: latest_fact(rows, event) for event in _REGISTER_FACTS}

    def value(event: Event, missing: int = 0) -> Ints:
        return looked_up(ids, *latest[event][:2], missing)

    mobile, since = latest[Event.MOBILE_RECORDED][0], latest[Event.MOBILE_RECORDED][2]
    opted_out, lifted = toggled(rows, Event.OPT_OUT_RECORDED, Event.OPT_OUT_LIFTED, ids)
    frame = pd.DataFrame({"customer_id": ids})
    frame["timezone"] = zone_column(value(Event.ZONE_RECORDED, missing=-1))
    frame["mobile_status"] = named(value(Event.MOBILE_RECORDED, missing=-1), MobileStatus)
    frame["mobile_status_from"] = instants(looked_up(ids, mobile, since, NEVER))
    frame["sms_opt_out_at"] = instants(opted_out)
    frame["sms_opt_out_lifted_at"] = instants(lifted)
    died, first = np.unique(rows.take("customer", Event.DIED), return_index=True)
    frame["deceased_at"] = instants(looked_up(ids, died, rows.take("time", Event.DIED)[first], NEVER))
    frame["restricted_access"] = value(Event.RESTRICTED_ACCESS_SET) > 0
    frame["employer"] = value(Event.EMPLOYER_SET) > 0
    frame["vulnerable"] = vulnerable(rows, ids)
    frame["vulnerable_from"] = instants(vulnerable_from(rows, ids))
    frame["email_status"] = named(value(Event.EMAIL_RECORDED), EmailStatus)
    frame["numbers"] = value(Event.NUMBERS_RECORDED)
    frame["area"] = named(value(Event.AREA_RECORDED), SpecialisedArea)
    frame["fdv_indicator"] = value(Event.FDV_INDICATOR_SET) > 0
    for service in (Service.REMINDER, Service.GENERAL):
        frame[f"{service.name.lower()}_ended"] = _service_ended(rows, service, ids)
    return pd.concat([frame, centrelink_columns(rows, ids)], axis=1)


def _service_ended(rows: Rows, service: int, ids: Ints) -> Flags:
    positions = rows.of(Event.SERVICE_ENDED, Event.SERVICE_RESTORED)
    positions = positions[rows.column["value"][positions] == service]
    positions = positions[np.argsort(rows.column["customer"][positions], kind="stable")]
    ended = rows.column["event"][positions] == Event.SERVICE_ENDED
    return opened(rows.column["customer"][positions], ended, ids)


def officers_table(history: History) -> pd.DataFrame:
    """A row an officer, sorted by id: role, team (counted from 1), zone, access, and what they did while observed.

    An officer whose access is not on record has no team (0) and no zone. `shift_hours` is the rostered time and
    `work_hours` the time between the start and the end of work items (hours); `sends` counts first presses of Send,
    `calls` call attempts.
    """
    rows = Rows(history)
    known = rows.take("officer", Event.ACCESS_RECORDED, Event.SHIFT_STARTED, Event.WORK_STARTED, Event.SEND_PRESSED)
    ids = np.unique(known[known > 0])
    access = looked_up(ids, *latest_fact(rows, Event.ACCESS_RECORDED, "officer")[:2])
    frame = pd.DataFrame({"officer_id": ids})
    frame["role"] = coded(np.searchsorted(_FIRST_IDS, ids, side="right").astype(np.int64), ROLES)
    teams = latest_fact(rows, Event.ACCESS_RECORDED, "officer", "ref")
    frame["team"] = looked_up(ids, *teams[:2], missing=-1) + 1
    zones = latest_fact(rows, Event.ACCESS_RECORDED, "officer", "other")
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
