"""The history: the only output of a run, and the only thing that audit, metrics, plots and reports read.

An append-only, columnar event log with one row an event. All columns are 64-bit integers:

====================== =====================================================================================
column                 meaning
====================== =====================================================================================
``seq``                0, 1, 2 … in the order of recording
``time``               instant, milliseconds UTC
``event``              an `Event`
``customer``           whom it is about (0: nobody)
``other``              the second party (0: none)
``ref``                case, process, work item or report (0: none)
``message``            message id (0: none)
``officer``            who did it (0: nobody; the Team Leader and the Service Support Officer have ids of their own)
``system``             a `sim.messages.System`: who *records* it (claims: the sending system; arrivals: the gateway;
                       facts: the register; requests and answers: the world)
``template``           the template's code (0: none)
``reasons``            bit mask of `sim.messages.Reason`
``value``              what the event says; its meaning stands behind each event below
====================== =====================================================================================
"""

import hashlib
from collections.abc import Iterable, Iterator
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pandas as pd

SCHEMA_VERSION = 1
COLUMNS = (
    "time", "event", "customer", "other", "ref", "message", "officer", "system", "template", "reasons", "value",
)  # fmt: skip
_CHUNK = 65_536


class Event(IntEnum):
    """What happened. Codes are fixed for ever. `value` is 0 where nothing is said of it."""

    # Facts, recorded by the register. Those true at the start are recorded at the start of the run.
    ZONE_RECORDED = 10  # value: index of sim.clock.ZONES; one for every customer at the start
    MOBILE_RECORDED = 11  # value: MobileStatus; for all at the start; ref: 1 officer 2 online 3 app 4 phone
    EMAIL_RECORDED = 12  # value: EmailStatus; ref as above
    OPT_OUT_RECORDED = 13
    OPT_OUT_LIFTED = 14
    SERVICE_ENDED = 15  # value: Service
    SERVICE_RESTORED = 16  # value: Service
    DIED = 17  # recorded death
    RESTRICTED_ACCESS_SET = 18  # value: 1 set, 0 lifted
    EMPLOYER_SET = 19  # value: 1
    FDV_INDICATOR_SET = 20  # value: 1 set, 0 lifted
    FDV_RAISED = 21  # customer raised FDV concerns on the process `ref`
    FDV_DISCUSSED = 22  # the concerns were discussed with the applicant `customer` on the process `ref`; officer
    PROCESS_OPENED = 23  # customer: applicant or initiating party; other: other party; ref: process; value: ProcessKind
    PROCESS_CLOSED = 24  # ref: process
    NEVER_CONTACTED = 25  # at the start: this customer has never contacted Child Support
    CUSTOMER_CONTACTED_US = 26  # the customer contacted Child Support (a call answered by them counts as well)
    NUMBERS_RECORDED = 27  # value: how many phone numbers are available for this customer
    AREA_RECORDED = 28  # value: SpecialisedArea
    ACCESS_RECORDED = 29  # officer; value: 1 Cuba + 2 Pluto; other: index of ZONES; ref: index of the team
    OBJECTION_OUT_OF_TIME = 30  # ref: process

    # Work and what officers did (officer, customer, ref = work item).
    SHIFT_STARTED = 40  # officer; value: seconds until the shift's end
    SHIFT_ENDED = 41  # officer
    WORK_ARRIVED = 42  # value: ProcessKind; other: process (0 none)
    WORK_STARTED = 43  # value: ProcessKind; other: process
    WORK_ENDED = 44  # value: ProcessKind
    SUBSCRIPTION_CHECKED = 45
    NOTEPAD_REVIEWED = 46
    CONSULTED = 47  # value: 1 Service Support Officer, 2 Team Leader
    CONSULT_ANSWERED = 48  # officer: who answered; value as CONSULTED
    AREA_INSTRUCTIONS_CHECKED = 49
    LIST_VIEWED = 50  # value: 1 Pluto Outbound Correspondence, 2 Cuba Letters List
    CASE_HISTORY_VIEWED = 51  # case history, notepads and complaints
    DETAILS_CHECKED = 52  # name and contact details as the dialog shows them
    DETAILS_UPDATED = 53  # in Customer Summary
    ALTERNATIVE_CONSIDERED = 54  # another way of contact was considered (`cs-unanswered`)
    PRIOR_ACTION_DONE = 55  # value: number of the prior action that the template names (1, 2 …); template
    PREVIEWED = 56  # message, template
    CALL_ATTEMPTED = 57  # value: which number (1 … NUMBERS_RECORDED); message: the alert that promised it, or 0
    CALL_ANSWERED = 58  # follows its attempt; value and message as there
    HANDED_TO_TEAM_LEADER = 59  # message: the alert whose call could not be made in time
    REASSIGNED = 60  # message; officer: who makes the call now
    LETTER_SENT = 61  # a "please contact" letter
    INVALID_TICKED = 62  # in Individual Customer Details; followed by MOBILE_RECORDED = INVALID
    NUMBER_CHECKED = 63  # after a bounce-back; message: the bounced one
    CALL_PROMISE_DROPPED = 64  # message: an alert whose call was given up (withdrawn message, customer reached before)

    # The Generate Desktop Message dialog (message = the attempt's id).
    DIALOG_OPENED = 80  # template; value: pack_fields(contact_time, by_date)
    SEND_PRESSED = 81  # first press of Send (or an automatic send asked for); other: Channel; value: pack_fields
    CONFIRMATION_ASKED = 82  # the one-hour question was shown
    CONFIRMED = 83  # Send pressed on it (all tests are made again)
    CANCELLED = 84  # Cancel pressed on it
    REFUSED = 85  # reasons: all that fail; the answer that the world got
    INFO_SHOWN = 86  # value: content code of the exact words shown (History.contents)

    # A message's life. Claims are the sending system's; arrivals the transport's.
    ISSUED = 100  # the Send that was accepted; value: due instant; other: Channel
    HELD = 101  # at issue, because of the window; value: due instant
    HELD_AGAIN = 102  # value: new due instant; reasons: SEND_WINDOW, DAILY_LIMIT or 0 (the zone on record changed)
    WITHDRAWN = 103  # reasons
    HANDED_OVER = 104  # the system offered it to the transport
    ARRIVED = 105  # recorded by the transport; value: content code of (sender, text)
    ACKNOWLEDGED = 106  # recorded by the transport: *sent*
    SENT_CLAIMED = 107  # the sending system's status became `Sent to open text`; value: the sent instant that it claims
    VIEWABLE = 108  # Cuba lists it as Sent
    STATUS_CLAIMED = 109  # value: Status that Pluto shows from now on (COMMUNICATION_SENT, BOUNCE_BACK)
    DELIVERED = 110  # recorded by the transport
    FAILED = 111  # recorded by the transport: the error became known; value: error code
    BOUNCED = 112  # a bounce back was created (one a row)
    MARKED_ERROR = 113  # Cuba's Letters List shows `Error`
    ANSWERED = 114  # the customer answered this message (called or did what was asked)

    # Nightly batches, calendar and faults.
    ELIGIBLE = 130  # customer meets the conditions of the debt message `template`; value: day of the first such run
    PICKED = 131  # the hierarchy's pick; template; message; value: run day
    SUPPRESSED = 132  # from this run on; template; reasons: why; other: the winner's template (0: none); value: run day
    NIGHTLY_RUN = 133  # system; value: agency-time ordinal day
    ELIGIBLE_ENDED = 134  # template; value: day of the last run at which it met them
    SUPPRESSED_ENDED = 135  # template; value: day of the last run at which it was suppressed in this manner
    OUTAGE_STARTED = 140  # system: which one is down
    OUTAGE_ENDED = 141
    ELIGIBILITY_INJECTED = 142  # a test makes DMIS treat the customer as eligible from now on; template

    # Facts of Centrelink's register. Zone, death and restricted access are the agency's: the events above.
    CENTRELINK_RECORDED = 150  # value: 1 current customer, 0 former; for all on Centrelink's record at the start
    CENTRELINK_MOBILE_RECORDED = 151  # value: MobileStatus; for all on Centrelink's record at the start
    CENTRELINK_OPT_OUT_RECORDED = 152
    CENTRELINK_OPT_OUT_LIFTED = 153
    MAIL_CHANNEL_RECORDED = 154  # value: 1 post, 2 online
    MUTUAL_CUSTOMER_SET = 155  # value: 1 a Child Support mutual customer, 0 no longer
    VULNERABILITY_SET = 156  # value: Vulnerability; other: 1 set, 0 lifted
    POSTCODE_RECORDED = 157  # value: the postcode
    WITHHOLDINGS_ELIGIBLE_SET = 158  # value: 1, 0

    # Debts (ref = debt; days are agency-time ordinals).
    DEBT_RAISED = 160  # value: due day
    DEBT_PAID = 161
    ARRANGEMENT_SET = 162  # value: Arrangement × 10 + ArrangementStatus
    REPAYMENT_DUE = 163  # value: the day on which the next repayment is due (0: none)
    REPAYMENT_MADE = 164
    REPAYMENT_DECLINED = 165  # value: the day
    WRITE_OFF_SET = 166  # value: WriteOff; other: 1 debt level, 2 customer level (then for all debts of the customer)
    WRITE_OFF_ENDS = 167  # value: the day on which it is to end
    WRITE_OFF_ENDED = 168
    HARDSHIP_PAUSE_COMPLETED = 169  # the customer completed the Situational Hardship pause service
    PAUSE_STARTED = 170  # value: the day on which it is to end; other: 1 hardship, 2 disaster
    PAUSE_ENDED = 171
    RECOVERY_RESTARTED = 172
    DISASTER_DECLARED = 173  # ref: disaster; value: first postcode; other: last postcode
    DISASTER_ENDS = 174  # ref: disaster; value: the day on which the pause is to end
    DISASTER_ENDED = 175  # ref: disaster
    WITHHOLDABLE_PAYMENT_SET = 176  # value: 1 the debt is on a withholdable payment, 0 not
    XCSHSMS_SET = 177  # value: 1 the debt attribute excludes message 1, 0 not
    AUTO_SETUP_CEASED = 178  # an arrangement ceased by a disaster pause; value: the day on which the pause ends
    HAS_VIEWED = 179  # a correspondence screen was looked at; value: Screen; message

    # Integrated Service Officers (ref = work item).
    ROUTED = 180  # the officer's decision; value: System chosen; other: IntegratedWork
    CLAIM_FINALISED = 181  # value: 1 grant, 2 reject; other: payment type code
    CCM_SET = 182  # ref: work item of the claim; value: 1 the CCM is available, 0 not
    MAIN_ISSUE_SET = 183  # value: 1 claim progression
    CLAIM_MESSAGE_WITHHELD = 184  # no claim message is sent; value: 1 CCM, 2 online mail, 3 reached by phone

    # Misdirected messages (ref = report; customer = the person who reports, 0 for nobody on record).
    REPORT_RECEIVED = 190  # message: the one reported; value: ReportCase (what is true, hidden from the officer)
    REPORT_STEP = 191  # officer; value: ReportAction, in the order in which they were done
    REPORT_CLOSED = 192  # officer
    ESCALATED = 193  # to the Specialised Assessment Services Team; value: 1 number + 2 content + 4 time included
    SAS_FOUND = 194  # other: the customer for whom it was intended
    INCIDENT_REPORTED = 195
    NUMBER_REMOVED = 196  # other: the customer from whose record it was removed
    APOLOGISED = 197
    EXPLAINED = 198  # value: point 1–4 of EM table 1 step 1
    EXPLANATION_ASKED = 199  # the customer asks why they got `message`
    SENT_TO_WRONG_CUSTOMER = 200  # an officer learns that `message` went to the wrong one; other: the right one
    NUMBER_REASSIGNED = 201  # the number now belongs to `other` (0: nobody on record); no system knows


class Content(NamedTuple):
    """What reached somebody's eyes: the sender's name and the exact words."""

    sender: str
    text: str


def content_code(sender: str, text: str) -> int:
    """A 63-bit code of the exact words and their sender: the first 8 bytes of the SHA-256 of `sender`, a zero byte,
    `text` (UTF-8), big-endian, with the top bit cleared."""
    digest = hashlib.sha256(sender.encode() + b"\0" + text.encode()).digest()
    return int.from_bytes(digest[:8], "big") & 0x7FFF_FFFF_FFFF_FFFF


Row = tuple[int, int, int, int, int, int, int, int, int, int, int]
Ints = npt.NDArray[np.int64]


class History:
    """An append-only event log (columns in the module's docstring) and the contents that its codes stand for."""

    def __init__(self) -> None:
        self._rows: list[Row] = []
        self._chunks: list[Ints] = []
        self.contents: dict[int, Content] = {}
        self._codes: dict[tuple[str, str], int] = {}

    def append(
        self,
        time: int,
        event: int,
        customer: int = 0,
        other: int = 0,
        ref: int = 0,
        message: int = 0,
        officer: int = 0,
        system: int = 0,
        template: int = 0,
        reasons: int = 0,
        value: int = 0,
    ) -> None:
        """Record one event. `time` is ms UTC; the other columns are as in the module's docstring."""
        rows = self._rows
        rows.append((time, event, customer, other, ref, message, officer, system, template, reasons, value))
        if len(rows) >= _CHUNK:
            self._flush()

    def content(self, sender: str, text: str) -> int:
        """Remember exact words and return their code (`content_code`)."""
        code = self._codes.get((sender, text))
        if code is None:
            code = self._codes[sender, text] = content_code(sender, text)
            self.contents[code] = Content(sender, text)
        return code

    def _flush(self) -> None:
        if self._rows:
            self._chunks.append(np.array(self._rows, dtype=np.int64))
            self._rows = []

    def __len__(self) -> int:
        return sum(len(chunk) for chunk in self._chunks) + len(self._rows)

    def array(self) -> Ints:
        """All rows in order of recording: shape (rows, 11), the columns of `COLUMNS`."""
        self._flush()
        if len(self._chunks) > 1:
            self._chunks = [np.concatenate(self._chunks)]
        return self._chunks[0] if self._chunks else np.empty((0, len(COLUMNS)), dtype=np.int64)

    def before(self, end: int) -> "History":
        """The events before the instant `end` (ms UTC), as a history of its own."""
        cut = History()
        rows = self.array()
        cut._chunks = [rows[rows[:, 0] < end]]
        cut.contents = dict(self.contents)
        return cut

    def select(self, *events: int) -> Iterator[dict[str, int]]:
        """The rows of these events (of all, when none is named) as dicts, in order of recording; for tests."""
        wanted = frozenset(int(event) for event in events)
        for seq, row in enumerate(self.array().tolist()):
            if not wanted or row[1] in wanted:
                yield {"seq": seq, **dict(zip(COLUMNS, row, strict=True))}

    def fingerprint(self) -> str:
        """SHA-256 (hex) over the rows in (time, seq) order, as little-endian 64-bit integers, and the contents."""
        rows = self.array()
        order = np.argsort(rows[:, 0], kind="stable") if len(rows) else np.empty(0, dtype=np.int64)
        digest = hashlib.sha256(np.ascontiguousarray(rows[order]).astype("<i8").tobytes())
        for code in sorted(self.contents):
            sender, text = self.contents[code]
            digest.update(f"{code}\0{sender}\0{text}\0".encode())
        return digest.hexdigest()

    def frame(self) -> "pd.DataFrame":
        """A DataFrame with ``seq`` and the columns of `COLUMNS`, sorted by (time, seq); integers, times in ms UTC."""
        import pandas as pd

        rows = self.array()
        frame = pd.DataFrame({"seq": np.arange(len(rows), dtype=np.int64)})
        for position, name in enumerate(COLUMNS):
            frame[name] = rows[:, position]
        return frame.sort_values(["time", "seq"], kind="stable", ignore_index=True)

    def save(self, path: Path) -> None:
        """Write the rows, sorted by (time, seq), as Parquet; contents and schema version go into its metadata."""
        import json

        import pyarrow as pa
        import pyarrow.parquet as pq

        table = pa.Table.from_pandas(self.frame(), preserve_index=False)
        contents = {str(code): list(content) for code, content in sorted(self.contents.items())}
        table = table.replace_schema_metadata(
            {"emsim_schema": str(SCHEMA_VERSION), "emsim_contents": json.dumps(contents, ensure_ascii=False)}
        )
        pq.write_table(table, path, compression="zstd")

    @classmethod
    def load(cls, path: Path) -> "History":
        """Read what `save` wrote. Raises ValueError when the file is not a history or of another schema version."""
        import json

        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            table = pq.read_table(path)
        except pa.ArrowInvalid:
            raise ValueError(f"{path}: not an event log (it is not a Parquet file)") from None
        metadata: dict[bytes, bytes] = table.schema.metadata or {}
        version = metadata.get(b"emsim_schema", b"").decode()
        if version != str(SCHEMA_VERSION):
            raise ValueError(f"{path}: not an event log of schema version {SCHEMA_VERSION} (found {version or 'none'})")
        missing = [name for name in ("seq", *COLUMNS) if name not in table.column_names]
        if missing or b"emsim_contents" not in metadata:
            raise ValueError(f"{path}: not a whole event log (missing: {', '.join(missing) or 'contents'})")
        history = cls()
        columns: list[Any] = [table.column(name).to_numpy() for name in ("seq", *COLUMNS)]
        rows = np.stack(columns, axis=1).astype(np.int64)
        history._chunks = [rows[np.argsort(rows[:, 0], kind="stable")][:, 1:]]
        for code, (sender, text) in json.loads(metadata[b"emsim_contents"]).items():
            history.contents[int(code)] = Content(sender, text)
        return history

    @classmethod
    def of(cls, rows: Iterable[dict[str, int]]) -> "History":
        """A history from rows written by hand (missing columns are 0); for tests."""
        history = cls()
        for row in rows:
            history.append(**row)
        return history
