"""The messages table: a row a message, the format in which logs are audited."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from sim.history import Event, History
from sim.messages import Channel, ContactTime, Outcome, System, reason_names, unpack_fields, unpack_payment_type
from sim.tables.columns import NEVER, ByMessage, Ints, Rows, categories, instants, text_column, zone_column, zones_at
from sim.tables.parts import sms_parts
from sim.tables.suppressed import put_first, suppressed_rows
from sim.tables.templates import kind_column, payment_names, senders, service_column, template_column

MESSAGE_COLUMNS = (
    "message_id", "customer_id", "officer_id", "system", "channel", "template", "service", "kind", "sender", "timezone",
    "issued_at", "confirmation_asked", "confirmed", "outcome", "reasons", "due_at", "release_at", "sent_at",
    "viewable_at", "delivered_at", "failed_at", "bounced_at", "contact_time", "by_date", "text",
)  # fmt: skip
"""The columns of the format (design.md, "messages table"), in its order."""

EXTRA_COLUMNS = (
    "attempted_at", "held_again", "handed_over_at", "withdrawn_at", "answered_at", "ref", "parts", "payment_type",
    "winner", "nights",
)  # fmt: skip
"""What stands behind them for analysts."""


_ENDS = (Event.REFUSED, Event.CANCELLED, Event.ISSUED, Event.WITHDRAWN, Event.ARRIVED, Event.ACKNOWLEDGED)


def _outcomes(by: ByMessage) -> Ints:
    """The final outcome of each message: what happened to it counts for more than what was said of it."""
    outcome = np.full(len(by.ids), Outcome.HELD, dtype=np.int64)
    for event, said in (
        (Event.CANCELLED, Outcome.CANCELLED),
        (Event.REFUSED, Outcome.REFUSED),
        (Event.WITHDRAWN, Outcome.WITHDRAWN),
        (Event.ACKNOWLEDGED, Outcome.SENT),
    ):
        outcome[by.count(event) > 0] = said
    return outcome


def _reasons(by: ByMessage, outcome: Ints) -> pd.Series:
    masks = np.where(outcome == Outcome.REFUSED, by.value("reasons", Event.REFUSED), 0)
    masks = np.where(outcome == Outcome.WITHDRAWN, by.value("reasons", Event.WITHDRAWN), masks)
    return text_column(masks, {mask: ";".join(reason_names(mask)) for mask in np.unique(masks).tolist()})


def _repeats(rows: Rows, frame: pd.DataFrame) -> pd.DataFrame:
    """A further row for each further acknowledgement of a message: it was sent again, and that must be seen."""
    positions = rows.of(Event.ACKNOWLEDGED)
    again = pd.Series(rows.column["message"][positions]).duplicated().to_numpy()
    if not again.any():
        return frame
    extra = frame.set_index("message_id").loc[rows.column["message"][positions[again]]].reset_index()
    extra["sent_at"] = instants(rows.column["time"][positions[again]])
    for name in ("viewable_at", "delivered_at", "failed_at", "bounced_at", "answered_at"):
        extra[name] = instants(np.full(len(extra), NEVER))
    both = pd.concat([frame, extra[frame.columns]])
    return both.sort_values("message_id", kind="stable", ignore_index=True)


def messages_table(history: History, policy_plain: Mapping[str, Any]) -> pd.DataFrame:
    """A row a message, sorted by message id: the format in which logs are audited.

    A message is whatever was refused, cancelled, issued or seen by the transport; a dialog that was closed without
    Send is none. `issued_at` is the instant of the Send that was accepted or refused (the confirming one where a
    confirmation was asked), and of the Send that asked for the confirmation when it was cancelled. `outcome` is the
    final one; a message that still waits when observation ends is `held`. `due_at` is the first due instant of a
    message that was held at issue and empty for others; `release_at` is the last due instant of a message that was
    held at issue or later. `reasons` are those of a refusal or a withdrawal, joined by ``;``. `sender` and `text` are
    what reached the transport. `contact_time` and `by_date` (ISO date) are missing where the template declares
    none. A message that was acknowledged twice has two rows (`cs-once`).

    A debt message that was eligible and lost was never issued. Each span of nightly runs in which it was suppressed in
    one manner is a row with the outcome `suppressed`; its `message_id` is negative: −`seq` of the SUPPRESSED event, the
    same whenever this history is read. There `issued_at` is the instant of the span's first run.

    Behind the columns of the format stand: `attempted_at` (first press of Send), `held_again` (how often),
    `handed_over_at`, `withdrawn_at`, `answered_at`, `ref` (work item), `parts` (SMS parts; 0 for nothing sent),
    `payment_type` (what a claim message names), and of suppressed ones `winner` (the template to which it lost;
    missing where nothing won) and `nights` (runs; 0 for all others).
    """
    rows = Rows(history)
    by = ByMessage(rows, np.unique(rows.take("message", *_ENDS)))
    outcome = _outcomes(by)
    frame = pd.DataFrame({"message_id": by.ids})
    _add_request(frame, by, policy_plain)
    _add_life(frame, by, outcome)
    content = by.value("value", Event.ARRIVED)
    frame["sender"] = text_column(content, {code: said.sender for code, said in rows.contents.items()})
    frame["text"] = text_column(content, {code: said.text for code, said in rows.contents.items()})
    lengths = {text: sms_parts(text) for text in frame["text"].unique()}
    frame["parts"] = frame["text"].map(lengths).astype(np.int64).where(frame["channel"] == "sms", 0)
    frame["reasons"] = _reasons(by, outcome)
    frame["winner"] = template_column(np.zeros(len(by.ids), dtype=np.int64), policy_plain)
    frame["nights"] = 0
    whole = _repeats(rows, frame[[*MESSAGE_COLUMNS, *EXTRA_COLUMNS]])
    return put_first(suppressed_rows(rows, policy_plain), whole)


def _add_request(frame: pd.DataFrame, by: ByMessage, policy_plain: Mapping[str, Any]) -> None:
    """What was asked for: who, to whom, by which system, which template with which fields."""
    # Cancel stands beside Send in Customer First's preview, so nothing need have been pressed before it.
    asked = (Event.SEND_PRESSED, Event.ISSUED, Event.ARRIVED, Event.CANCELLED)
    for column, name in (("customer_id", "customer"), ("officer_id", "officer"), ("ref", "ref")):
        frame[column] = by.value(name, *asked)
    template = by.value("template", *asked)
    system = by.value("system", Event.ISSUED)
    for event in (Event.SEND_PRESSED, Event.REFUSED, Event.HANDED_OVER):
        system = np.where((system < System.PLUTO) | (system > System.SAP), by.value("system", event), system)
    # The world records presses of Send; what was refused before a system recorded it is the template's system's.
    for said in (senders(template, policy_plain), np.full(len(system), System.PLUTO)):
        system = np.where((system < System.PLUTO) | (system > System.SAP), said, system)
    frame["system"] = categories(system, System, last=System.SAP)
    channel = by.value("other", Event.SEND_PRESSED, Event.ISSUED, missing=Channel.SMS)
    frame["channel"] = categories(np.where(channel == 0, Channel.SMS, channel), Channel)
    frame["template"] = template_column(template, policy_plain)
    frame["service"] = service_column(template, policy_plain)
    frame["kind"] = kind_column(template, system, frame["officer_id"].to_numpy(), policy_plain)
    fields = by.value("value", Event.SEND_PRESSED)
    unpacked = {value: unpack_fields(value) for value in np.unique(fields).tolist()}
    contact = np.array([unpacked[value][0] for value in fields.tolist()], dtype=np.int64)
    frame["contact_time"] = categories(contact, ContactTime)
    days = {value: date.fromordinal(day).isoformat() for value, (_, day) in unpacked.items() if day}
    frame["by_date"] = text_column(fields, days).where(lambda texts: texts != "")
    payments = payment_names(policy_plain)
    named = {value: payments.get(unpack_payment_type(value), "") for value in unpacked}
    frame["payment_type"] = text_column(fields, named).where(lambda texts: texts != "")
    frame["confirmation_asked"] = by.count(Event.CONFIRMATION_ASKED) > 0
    frame["confirmed"] = by.count(Event.CONFIRMED) > 0


def _add_life(frame: pd.DataFrame, by: ByMessage, outcome: Ints) -> None:
    """What became of it, with the instants of its life and the zone in which its days are counted."""
    pressed = by.time(Event.SEND_PRESSED)
    issued = by.time(Event.ISSUED)
    attempt = _first_known(issued, by.time(Event.REFUSED), pressed, by.time(*_ENDS))
    handed_over = by.time(Event.HANDED_OVER, Event.ARRIVED)
    withdrawn = by.time(Event.WITHDRAWN)
    held_again = by.value("value", Event.HELD_AGAIN, missing=NEVER, last=True)
    counted = _first_known(handed_over, withdrawn, by.time(Event.HELD_AGAIN, last=True), attempt)
    frame["timezone"] = zone_column(zones_at(by.rows, frame["customer_id"].to_numpy(), counted))
    due = by.value("value", Event.HELD, missing=NEVER)
    promised = by.value("value", Event.ISSUED, missing=NEVER)
    due = np.where((due == NEVER) & (promised > issued), promised, due)
    frame["outcome"] = categories(outcome, Outcome, last=Outcome.SUPPRESSED)
    for column, times in (
        ("attempted_at", pressed),
        ("issued_at", attempt),
        ("due_at", due),
        ("release_at", np.where(held_again == NEVER, due, held_again)),
        ("handed_over_at", handed_over),
        ("withdrawn_at", withdrawn),
        ("sent_at", by.time(Event.ACKNOWLEDGED)),
        ("viewable_at", by.time(Event.VIEWABLE)),
        ("delivered_at", by.time(Event.DELIVERED)),
        ("failed_at", by.time(Event.FAILED)),
        ("bounced_at", by.time(Event.BOUNCED)),
        ("answered_at", by.time(Event.ANSWERED)),
    ):
        frame[column] = instants(times)
    frame["held_again"] = by.count(Event.HELD_AGAIN)


def _first_known(*choices: Ints) -> Ints:
    """For each message the first of these instants that came."""
    out = choices[0]
    for choice in choices[1:]:
        out = np.where(out == NEVER, choice, out)
    return out
