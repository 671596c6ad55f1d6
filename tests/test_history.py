"""The history: append, select, fingerprint, save and load, and the fixed codes that files hold."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sim.history import COLUMNS, SCHEMA_VERSION, Content, Event, History, content_code
from sim.messages import MobileStatus, Reason, System

ROOT = Path(__file__).resolve().parents[1]
LARGEST = 2**63 - 1

ROWS: list[dict[str, int]] = [
    {"time": 1_000, "event": Event.ZONE_RECORDED, "customer": 1, "system": System.REGISTER, "value": 7},
    {"time": 1_000, "event": Event.MOBILE_RECORDED, "customer": 1, "value": MobileStatus.VALID},
    {"time": 2_000, "event": Event.SEND_PRESSED, "customer": 1, "other": 1, "ref": 5, "message": 9, "officer": 3},
    {"time": 2_000, "event": Event.REFUSED, "message": 9, "reasons": Reason.OPTED_OUT | Reason.DAILY_LIMIT},
    {"time": 1_500, "event": Event.DIED, "customer": 2},
    {"time": -5, "event": Event.INFO_SHOWN, "value": LARGEST},
]


def history_of(rows: Iterable[dict[str, int]], contents: Iterable[tuple[str, str]] = ()) -> History:
    history = History.of(rows)
    for sender, text in contents:
        history.content(sender, text)
    return history


def test_a_new_history_is_empty() -> None:
    history = History()
    assert len(history) == 0
    assert history.array().shape == (0, 11)
    assert list(history.select()) == []
    assert list(history.frame().columns) == ["seq", *COLUMNS]
    assert history.fingerprint() == hashlib.sha256(b"").hexdigest()


def test_rows_come_back_in_the_order_of_recording() -> None:
    history = history_of(ROWS)
    found = list(history.select())
    assert len(history) == len(found) == len(ROWS)
    for seq, (row, wanted) in enumerate(zip(found, ROWS, strict=True)):
        assert row == {"seq": seq, **dict.fromkeys(COLUMNS, 0), **wanted}


def test_the_columns_of_a_row_are_in_their_places() -> None:
    history = History()
    history.append(11, 22, 33, 44, 55, 66, 77, 88, 99, 110, 121)
    assert next(history.select()) == {
        "seq": 0,
        "time": 11,
        "event": 22,
        "customer": 33,
        "other": 44,
        "ref": 55,
        "message": 66,
        "officer": 77,
        "system": 88,
        "template": 99,
        "reasons": 110,
        "value": 121,
    }
    assert history.array().tolist() == [[11, 22, 33, 44, 55, 66, 77, 88, 99, 110, 121]]


@pytest.mark.parametrize(
    ("events", "seqs"),
    [
        ((Event.DIED,), [4]),
        ((Event.DIED, Event.REFUSED), [3, 4]),
        ((Event.REFUSED, Event.DIED), [3, 4]),
        ((17,), [4]),  # the plain code
        ((Event.DELIVERED,), []),
        ((), [0, 1, 2, 3, 4, 5]),
    ],
)
def test_select(events: tuple[int, ...], seqs: list[int]) -> None:
    assert [row["seq"] for row in history_of(ROWS).select(*events)] == seqs


def test_reading_does_not_stop_the_recording() -> None:
    history = history_of(ROWS[:2])
    assert len(history.array()) == 2
    history.append(9, Event.DIED, customer=4)
    assert len(history) == 3
    assert [row["time"] for row in history.select()] == [1_000, 1_000, 9]
    assert (
        history.fingerprint() == history_of([*ROWS[:2], {"time": 9, "event": Event.DIED, "customer": 4}]).fingerprint()
    )


def test_a_long_history_keeps_every_row() -> None:
    """More rows than are kept as tuples at a time."""
    count = 140_001
    history = History()
    for number in range(count):
        history.append(number, Event.DELIVERED, number % 7, value=number * 3)
    assert len(history) == count
    array = history.array()
    assert array.shape == (count, 11)
    assert array.dtype == np.int64
    assert (array[:, 0] == np.arange(count)).all()
    assert (array[:, 10] == np.arange(count) * 3).all()


def test_the_frame_is_sorted_by_time_and_then_by_recording() -> None:
    frame = history_of(ROWS).frame()
    assert list(frame["seq"]) == [5, 0, 1, 4, 2, 3]
    assert list(frame["time"]) == [-5, 1_000, 1_000, 1_500, 2_000, 2_000]
    assert {str(kind) for kind in frame.dtypes} == {"int64"}


CONTENTS = [("Child Supp", "Please call us."), ("", "Customer has an SMS opt out recorded")]


def test_the_fingerprint_is_the_sha_256_of_rows_and_contents() -> None:
    """Worked out here byte by byte: it may never change, because runs are compared by it."""
    rows = sorted(enumerate(ROWS), key=lambda numbered: (numbered[1]["time"], numbered[0]))
    data = b"".join(int(row.get(name, 0)).to_bytes(8, "little", signed=True) for _, row in rows for name in COLUMNS)
    for code, sender, text in sorted((content_code(sender, text), sender, text) for sender, text in CONTENTS):
        data += f"{code}\0{sender}\0{text}\0".encode()
    assert history_of(ROWS, CONTENTS).fingerprint() == hashlib.sha256(data).hexdigest()


def test_the_fingerprint_does_not_depend_on_the_order_of_recording_of_different_instants() -> None:
    later_first = [ROWS[2], ROWS[3], ROWS[5], ROWS[0], ROWS[1], ROWS[4]]
    assert history_of(later_first).fingerprint() == history_of(ROWS).fingerprint()


def test_the_fingerprint_depends_on_the_order_of_recording_at_one_instant() -> None:
    swapped = [ROWS[1], ROWS[0], *ROWS[2:]]
    assert history_of(swapped).fingerprint() != history_of(ROWS).fingerprint()


@pytest.mark.parametrize("column", COLUMNS)
def test_the_fingerprint_depends_on_every_column(column: str) -> None:
    changed = [*ROWS[:-1], {**ROWS[-1], column: ROWS[-1].get(column, 0) - 1}]
    assert history_of(changed).fingerprint() != history_of(ROWS).fingerprint()


def test_the_fingerprint_depends_on_every_row_and_on_the_contents() -> None:
    prints = [history_of(ROWS[:count]).fingerprint() for count in range(len(ROWS) + 1)]
    prints += [history_of(ROWS, CONTENTS[:count]).fingerprint() for count in (1, 2)]
    prints.append(history_of(ROWS, [("Child Supp", "Please call us!")]).fingerprint())
    assert len(set(prints)) == len(prints)


def test_the_fingerprint_does_not_depend_on_the_order_or_number_of_the_contents() -> None:
    once = history_of(ROWS, CONTENTS).fingerprint()
    assert history_of(ROWS, CONTENTS[::-1]).fingerprint() == once
    assert history_of(ROWS, CONTENTS * 3).fingerprint() == once


PROGRAM = """
from sim.history import History
history = History()
for number in range(100):
    history.append(number % 10, 100, number, value=history.content("Child Supp", f"text {number % 30}"))
print(history.fingerprint())
"""


def test_the_fingerprint_is_the_same_whatever_the_process_and_its_hash_seed() -> None:
    said = set()
    for hash_seed in ("0", "1", "4711"):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True
        )
        said.add(done.stdout.strip())
    assert len(said) == 1
    assert len(said.pop()) == 64


@pytest.mark.parametrize("rows", [ROWS, ROWS[::-1], []])
def test_save_and_load(rows: list[dict[str, int]], tmp_path: Path) -> None:
    history = history_of(rows, CONTENTS)
    history.save(tmp_path / "events.parquet")
    loaded = History.load(tmp_path / "events.parquet")
    assert list(loaded.select()) == list(history.select())
    assert loaded.contents == history.contents
    assert loaded.fingerprint() == history.fingerprint()
    pd.testing.assert_frame_equal(loaded.frame(), history.frame())


def test_a_loaded_history_can_be_added_to(tmp_path: Path) -> None:
    whole = history_of(ROWS)
    history_of(ROWS[:3]).save(tmp_path / "events.parquet")
    loaded = History.load(tmp_path / "events.parquet")
    for row in ROWS[3:]:
        loaded.append(**row)
    assert loaded.fingerprint() == whole.fingerprint()


def test_the_file_is_sorted_and_says_its_schema(tmp_path: Path) -> None:
    history_of(ROWS, CONTENTS).save(tmp_path / "events.parquet")
    table = pq.read_table(tmp_path / "events.parquet")
    assert table.column_names == ["seq", *COLUMNS]
    assert table.column("seq").to_pylist() == [5, 0, 1, 4, 2, 3]
    assert table.schema.metadata[b"emsim_schema"] == str(SCHEMA_VERSION).encode()


def test_the_same_history_is_saved_as_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        history_of(ROWS, CONTENTS).save(tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_contents_survive_any_text(tmp_path: Path) -> None:
    history = history_of(ROWS, [("Ünï", "“quoted”, a\nline, \\ and 😀"), ("", "")])
    history.save(tmp_path / "events.parquet")
    assert History.load(tmp_path / "events.parquet").contents == history.contents


@pytest.mark.parametrize(
    ("metadata", "found"),
    [(None, "none"), ({"emsim_schema": "2"}, "2"), ({"emsim_schema": ""}, "none"), ({"other": "1"}, "none")],
)
def test_a_table_that_is_no_history_is_a_clear_error(
    metadata: dict[str, str] | None, found: str, tmp_path: Path
) -> None:
    path = tmp_path / "messages.parquet"
    pq.write_table(pa.table({"message_id": [1]}).replace_schema_metadata(metadata), path)
    with pytest.raises(ValueError, match=f"not an event log of schema version {SCHEMA_VERSION}") as error:
        History.load(path)
    assert str(path) in str(error.value)
    assert f"(found {found})" in str(error.value)


@pytest.mark.parametrize("data", [b"", b"message_id,customer_id\n1,2\n", bytes(range(256)) * 20])
def test_a_file_that_is_no_table_is_an_error(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "events.parquet"
    path.write_bytes(data)
    with pytest.raises(ValueError, match="Parquet"):
        History.load(path)


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        History.load(tmp_path / "events.parquet")


@pytest.mark.parametrize(
    ("sender", "text"),
    [
        ("Child Supp", "Please call us."),
        ("", "Customer has an SMS opt out recorded"),
        ("", ""),
        ("Ünï", "😀"),
    ],
)
def test_the_content_code_is_63_bits_of_the_sha_256(sender: str, text: str) -> None:
    digest = hashlib.sha256(sender.encode() + b"\0" + text.encode()).hexdigest()
    assert content_code(sender, text) == int(digest[:16], 16) % 2**63
    history = History()
    assert history.content(sender, text) == content_code(sender, text)
    assert history.contents == {content_code(sender, text): Content(sender, text)}


def test_the_sender_and_the_text_are_kept_apart() -> None:
    assert content_code("ab", "c") != content_code("a", "bc")
    assert content_code("", "abc") != content_code("abc", "")


@pytest.mark.parametrize("text", ["Please call us.", "please call us.", "Please call us. ", "Please  call us."])
def test_every_sign_of_a_text_shows_in_its_code(text: str) -> None:
    others = {"Please call us.", "please call us.", "Please call us. ", "Please  call us."} - {text}
    assert content_code("", text) not in [content_code("", other) for other in sorted(others)]


def test_a_code_fits_the_column_of_values() -> None:
    history = History()
    for number in range(1_000):
        code = history.content("Child Supp", str(number))
        assert 0 <= code <= LARGEST
        history.append(1, Event.ARRIVED, value=code)
    assert [row["value"] for row in history.select()] == list(history.contents)


def test_the_codes_of_the_events_never_change() -> None:
    """One a family; the file format depends on them, and no two events share one."""
    assert len({int(event) for event in Event}) == len(Event.__members__)
    assert (Event.ZONE_RECORDED, Event.OBJECTION_OUT_OF_TIME) == (10, 30)
    assert (Event.SHIFT_STARTED, Event.CALL_PROMISE_DROPPED) == (40, 64)
    assert (Event.DIALOG_OPENED, Event.INFO_SHOWN) == (80, 86)
    assert (Event.ISSUED, Event.ANSWERED) == (100, 114)
    assert (Event.ELIGIBLE, Event.NIGHTLY_RUN, Event.OUTAGE_ENDED) == (130, 133, 141)
