"""What Centrelink's register has on record of each customer, for the customers table."""

import numpy as np
import pandas as pd

from sim.history import Event
from sim.messages import MobileStatus, Vulnerability
from sim.tables.columns import NEVER, Flags, Ints, Rows, coded, instants, looked_up, text_column
from sim.tables.facts import last_value, latest_fact, named, toggled

STANDINGS = ("none", "former", "current")
"""What somebody is to Centrelink."""
MAIL_CHANNELS = ("post", "online")
"""How a customer gets mail, by the code of MAIL_CHANNEL_RECORDED from 1 on."""


def is_centrelink_fact(event: Event) -> bool:
    """Whether the event is a fact of Centrelink's register, of its customers or of their debts."""
    return Event.CENTRELINK_RECORDED <= event <= Event.AUTO_SETUP_CEASED


def centrelink_columns(rows: Rows, ids: Ints) -> pd.DataFrame:
    """A row for each of `ids` (sorted), as Centrelink's register has them at the end.

    `centrelink` (none, former or current), `mutual` (a Child Support mutual customer), its own
    `centrelink_mobile_status` with `centrelink_mobile_status_from` (missing for whom it does not know), its own
    `centrelink_opt_out_at` and `centrelink_opt_out_lifted_at` (the latest opt-out and its end), `mail_channel` (post or
    online), `postcode` (0: none), `vulnerabilities` (joined by ``;``), `withholdings_eligible`, and how many `debts`
    were on record and how many of them are `debts_paid`.
    """

    def value(event: Event, missing: int = 0) -> Ints:
        return looked_up(ids, *latest_fact(rows, event)[:2], missing)

    frame = pd.DataFrame(index=range(len(ids)))
    frame["centrelink"] = coded(value(Event.CENTRELINK_RECORDED, missing=-1) + 1, STANDINGS)
    frame["mutual"] = value(Event.MUTUAL_CUSTOMER_SET) > 0
    known, status, since = latest_fact(rows, Event.CENTRELINK_MOBILE_RECORDED)
    frame["centrelink_mobile_status"] = named(looked_up(ids, known, status, missing=-1), MobileStatus)
    frame["centrelink_mobile_status_from"] = instants(looked_up(ids, known, since, NEVER))
    opted_out, lifted = toggled(rows, Event.CENTRELINK_OPT_OUT_RECORDED, Event.CENTRELINK_OPT_OUT_LIFTED, ids)
    frame["centrelink_opt_out_at"] = instants(opted_out)
    frame["centrelink_opt_out_lifted_at"] = instants(lifted)
    frame["mail_channel"] = coded(value(Event.MAIL_CHANNEL_RECORDED) - 1, MAIL_CHANNELS)
    frame["postcode"] = value(Event.POSTCODE_RECORDED)
    masks = _vulnerabilities(rows, ids)
    frame["vulnerabilities"] = text_column(masks, {mask: _names(mask) for mask in np.unique(masks).tolist()})
    frame["withholdings_eligible"] = value(Event.WITHHOLDINGS_ELIGIBLE_SET) > 0
    frame["debts"] = _debts(rows, ids, Event.DEBT_RAISED)
    frame["debts_paid"] = _debts(rows, ids, Event.DEBT_PAID)
    return frame


def vulnerable(rows: Rows, ids: Ints) -> Flags:
    """Whether any vulnerability is on record at the end, for each of `ids` (`dr-vulnerable`)."""
    found: Flags = _vulnerabilities(rows, ids) > 0
    return found


def vulnerable_from(rows: Rows, ids: Ints) -> Ints:
    """The instant (ms UTC) of the latest change to anybody's vulnerabilities: since then they are as at the end; NEVER
    for whom none was ever recorded."""
    positions = rows.of(Event.VULNERABILITY_SET)
    positions = positions[np.argsort(rows.column["customer"][positions], kind="stable")]
    return last_value(rows.column["customer"][positions], rows.column["time"][positions], ids)


def _vulnerabilities(rows: Rows, ids: Ints) -> Ints:
    """A mask of the vulnerabilities on record at the end: bit ``1 << Vulnerability``."""
    positions = rows.of(Event.VULNERABILITY_SET)
    who, which, is_set = (rows.column[name][positions] for name in ("customer", "value", "other"))
    latest = pd.DataFrame({"who": who, "which": which, "set": is_set}).drop_duplicates(["who", "which"], keep="last")
    latest = latest[latest["set"] > 0]
    bits = pd.Series(np.left_shift(1, latest["which"].to_numpy()), dtype=np.int64)
    masks = bits.groupby(latest["who"].to_numpy()).sum()
    return looked_up(ids, masks.index.to_numpy(dtype=np.int64), masks.to_numpy(dtype=np.int64))


def _names(mask: int) -> str:
    return ";".join(one.name.lower() for one in Vulnerability if mask >> one & 1)


def _debts(rows: Rows, ids: Ints, event: int) -> Ints:
    """How many debts of each customer such an event is about."""
    debts = pd.DataFrame({name: rows.take(name, event) for name in ("customer", "ref")}).drop_duplicates()
    customers, counts = np.unique(debts["customer"].to_numpy(), return_counts=True)
    return looked_up(ids, customers, counts.astype(np.int64))
