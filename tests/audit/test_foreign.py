"""Somebody else's log: what it needs, how it is read, what is refused in one line, and what is evidence."""

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sim.audit import Log, judge
from sim.errors import InputError
from tests.audit.builder import judge_one, offenders, policy
from tests.audit.foreign_logs import GOOD, HEADER, PERTH, SYDNEY, read, rows

# What must work.


def test_only_the_required_columns(tmp_path):
    audit = judge(read(tmp_path, rows(GOOD)))
    assert audit.crashed == ()
    found = audit.to_json()
    assert found["rules"]["cs-send-window"]["verdict"] == "pass"
    assert found["rules"]["cs-daily-limit"]["verdict"] == "pass"
    assert found["rules"]["cs-once"]["verdict"] == "pass"
    assert found["rules"]["cs-window-at-gateway"]["verdict"] == "pass"
    for rule in (
        "cs-opt-out",
        "cs-subscription",
        "cs-recipient-barred",
        "cs-mobile-required",
        "cs-hourly-confirmation",
    ):
        assert found["rules"][rule]["verdict"] == "unknown", rule
        assert found["rules"][rule]["why_unknown"]
    assert found["verdict"] == "unknown"
    assert not any(entry["breaches"] for entry in found["rules"].values())


def test_ids_are_given_back_as_they_were(tmp_path):
    late = "2026-10-06T21:00:00.000+11:00"
    text = rows(f"m1,007,pluto,{SYDNEY},{late},sent,{late}")
    evidence = judge(read(tmp_path, text)).to_json()["rules"]["cs-send-window"]["evidence"]
    assert (evidence[0]["customer_id"], evidence[0]["messages"]) == ("007", ["m1"])
    text = rows(f"12,7,pluto,{SYDNEY},{late},sent,{late}")
    evidence = judge(read(tmp_path, text)).to_json()["rules"]["cs-send-window"]["evidence"]
    assert (evidence[0]["customer_id"], evidence[0]["messages"]) == (7, [12])


@pytest.mark.parametrize(
    "text",
    [
        "﻿" + rows(GOOD),
        rows(GOOD).replace(",", ";"),
        rows(GOOD).replace(",", "\t"),
        rows(GOOD).replace("\n", "\r\n"),
        rows(GOOD).replace("message_id", " Message ID ").replace("pluto", "Pluto").replace("sent,", "SENT,", 1),
        rows(GOOD.replace("T", " ").replace("+11:00", " +1100")),
        rows(GOOD + ",extra", header=HEADER + ",Region"),
        rows(GOOD + ",", header=HEADER + ","),
        rows(GOOD + ',"a, b\nand ""c"""', header=HEADER + ",note"),
        "\n" + rows(GOOD) + "\n\n",
        rows(GOOD.replace("2026-10-06T10:00:00.200+11:00", "2026-10-05T23:00:00.200Z")),
    ],
)
def test_how_exports_look(tmp_path, text):
    log = read(tmp_path, text)
    assert judge_one(log, "cs-send-window").verdict == "pass"
    assert log.rows("SELECT message_id, customer_id, system, outcome FROM messages") == [("m1", "c1", "pluto", "sent")]


@pytest.mark.parametrize("empty", ["", "NULL", "null", "NaN", " "])
def test_empty_cells(tmp_path, empty):
    line = f"m1,c1,pluto,{SYDNEY},2026-10-06T10:00:00.000+11:00,refused,{empty}"
    assert read(tmp_path, rows(line)).rows("SELECT sent_ms, outcome FROM messages") == [(None, "refused")]


def test_columns_by_other_names(tmp_path):
    text = rows(GOOD, header="id,customer_id,system,Local Zone,issued_at,outcome,sent_at")
    mapping = {"message_id": "id", "timezone": "local_zone"}
    assert judge_one(read(tmp_path, text, mapping=mapping), "cs-send-window").cases == 1


def test_parquet(tmp_path):
    frame = pd.DataFrame(
        {
            "message_id": [1, 2],
            "customer_id": [7, 7],
            "system": pd.Categorical(["pluto", "pluto"]),
            "timezone": [SYDNEY, SYDNEY],
            "issued_at": pd.to_datetime(["2026-10-06T10:00:00+11:00", "2026-10-06T21:00:00+11:00"], utc=True),
            "outcome": ["sent", "sent"],
            "sent_at": pd.to_datetime(["2026-10-06T10:00:01+11:00", "2026-10-06T21:00:01+11:00"], utc=True),
        }
    )
    path = tmp_path / "log.parquet"
    frame.to_parquet(path)
    log = Log.from_messages(path, policy=policy())
    assert offenders(judge_one(log, "cs-send-window")) == [2]
    assert log.rows("SELECT DISTINCT issued_res FROM messages") == [(1,)]


def test_naive_timestamps_of_parquet_need_a_zone(tmp_path):
    moment = pd.to_datetime(["2026-10-06T21:00:00"])
    columns = {"message_id": ["1"], "customer_id": ["7"], "system": ["pluto"], "timezone": [SYDNEY]}
    frame = pd.DataFrame({**columns, "issued_at": moment, "outcome": ["sent"], "sent_at": moment})
    path = tmp_path / "log.parquet"
    frame.to_parquet(path)
    with pytest.raises(InputError, match="without an offset"):
        Log.from_messages(path, policy=policy())
    log = Log.from_messages(path, policy=policy(), times_in=SYDNEY)
    assert judge_one(log, "cs-send-window").breaches == 1


# Times.


@pytest.mark.parametrize(
    ("zone", "text", "utc"),
    [
        (SYDNEY, "2026-10-06 10:00:00.000", "2026-10-05T23:00:00.000"),
        (PERTH, "2026-10-06 10:00:00.000", "2026-10-06T02:00:00.000"),
        ("UTC", "2026-10-06 10:00:00.000", "2026-10-06T10:00:00.000"),
    ],
)
def test_times_in_a_zone(tmp_path, zone, text, utc):
    log = read(tmp_path, rows(f"m1,c1,pluto,{SYDNEY},{text},refused,"), times_in=zone)
    found = log.rows("SELECT strftime(make_timestamp(issued_ms * 1000), '%Y-%m-%dT%H:%M:%S.%g') FROM messages")
    assert found == [(utc,)]


def test_an_offset_counts_more_than_the_zone_of_naive_times(tmp_path):
    log = read(tmp_path, rows(GOOD), times_in=PERTH)
    assert log.rows("SELECT issued_tod FROM messages") == [(10 * 3_600_000,)]


@pytest.mark.parametrize(
    ("zone", "text", "res"),
    [
        (SYDNEY, "2027-04-04 02:30:00.000", 3_600_001),
        ("Australia/Lord_Howe", "2027-04-04 01:45:00.000", 1_800_001),
        (SYDNEY, "2027-04-04 03:00:00.000", 1),
        (SYDNEY, "2027-04-04 01:59:59.999", 1),
    ],
)
def test_a_local_time_that_occurs_twice(tmp_path, zone, text, res):
    log = read(tmp_path, rows(f"m1,c1,pluto,{zone},{text},refused,"), times_in=zone)
    assert log.rows("SELECT issued_res FROM messages") == [(res,)]


def test_a_local_time_that_was_skipped(tmp_path):
    with pytest.raises(InputError, match=r"log\.csv:2: issued_at: the clock of Australia/Sydney skipped this time"):
        read(tmp_path, rows(f"m1,c1,pluto,{SYDNEY},2026-10-04 02:30:00,refused,"), times_in=SYDNEY)


@pytest.mark.parametrize(
    ("texts", "res"),
    [
        (["2026-10-06T10:00+11:00", "2026-10-06T11:00+11:00"], 60_000),
        (["2026-10-06T10:00:00+11:00", "2026-10-06T11:00+11:00"], 1_000),
        (["2026-10-06T10:00:00+11:00", "2026-10-06T11:00:00.5+11:00"], 1),
        (["2026-10-06T10:00:00.000000+11:00", "2026-10-06T11:00:00+11:00"], 1),
    ],
)
def test_a_column_is_as_fine_as_its_finest_value(tmp_path, texts, res):
    lines = [f"m{number},c1,pluto,{SYDNEY},{text},refused," for number, text in enumerate(texts)]
    assert set(read(tmp_path, rows(*lines)).rows("SELECT issued_res FROM messages")) == {(res,)}


@pytest.mark.parametrize(
    ("issued", "sent", "verdict"),
    [
        ("19:59", "19:59", "pass"),
        ("08:00", "08:00", "pass"),
        ("20:00", "20:00", "fail"),
        ("07:59", "07:59", "fail"),
        ("19:59:59", "19:59:59", "pass"),
    ],
)
def test_coarse_times_at_the_window(tmp_path, issued, sent, verdict):
    text = rows(f"m1,c1,pluto,{SYDNEY},2026-10-06T{issued}+11:00,sent,2026-10-06T{sent}+11:00")
    assert judge_one(read(tmp_path, text), "cs-send-window").verdict == verdict


def test_a_window_between_the_minutes(tmp_path):
    text = rows(f"m1,c1,pluto,{SYDNEY},2026-10-06T19:00+11:00,sent,2026-10-06T19:00+11:00")
    values = policy(cs_send_window__closes="19:00:30")
    audit = judge_one(read(tmp_path, text, values=values), "cs-send-window")
    assert (audit.verdict, audit.unjudged) == ("unknown", 1)


# Bad input: one line each.

BAD = [
    (b"", "log.csv: the file is empty"),
    (b"  \n\n", "log.csv: the file is empty"),
    (b"\x00\x01\x02\x03binary", "log.csv: is a binary file"),
    (b"PK\x03\x04\x14\x00\x06\x00", "log.csv: is a workbook or an archive"),
    (rows(GOOD).encode("utf-16"), "log.csv: is UTF-16 text"),
    (rows(GOOD, GOOD.replace("c1", "Zo\u00eb")).encode("latin-1"), "log.csv:3: is not UTF-8"),
    (b"PAR1 but not really", "log.csv: not readable as Parquet"),
    (rows(), "log.csv: the file has no rows"),
    (rows("a,b", header="x,y"), "log.csv:1: required columns are missing: message_id, customer_id, system"),
    (rows(GOOD, header=HEADER.replace("sent_at", "sendt")), "log.csv:1: required columns are missing: sent_at"),
    (rows(GOOD, GOOD + ",more"), "log.csv:3: 8 fields (the header has 7)"),
    (rows(GOOD, "m2,c1"), "log.csv:3: 2 fields (the header has 7)"),
    (rows(GOOD, 'm2,"c1'), "log.csv:3: not a readable CSV row"),
    (
        rows(GOOD.replace("+11:00", "")),
        "log.csv:2: issued_at: a time without an offset (value '2026-10-06T10:00:00.000'",
    ),
    (
        rows(GOOD.replace("2026-10-06T10:00:00.200+11:00", "06/10/2026 10:00")),
        "log.csv:2: sent_at: not a time (value '06",
    ),
    (rows(GOOD.replace("2026-10-06T10:00:00.200", "2026-13-06T10:00:00")), "log.csv:2: sent_at: not a time"),
    (rows(GOOD.replace("2026-10-06T10:00:00.200", "2026-10-06T24:00:00")), "log.csv:2: sent_at: not a time"),
    (rows(GOOD.replace("2026-10-06T10:00:00.200+11:00", "1791240000")), "log.csv:2: sent_at: not a time"),
    (rows(GOOD.replace(SYDNEY, "AEST")), "log.csv:2: timezone: unknown time zone (value 'AEST'; allowed an IANA name"),
    (rows(GOOD.replace(SYDNEY, "Australia/Sidney")), "did you mean Australia/Sydney?"),
    (rows(GOOD.replace(SYDNEY, "ACT")), "log.csv:2: timezone: unknown time zone (value 'ACT'"),
    (rows(GOOD.replace(SYDNEY, "")), "log.csv:2: timezone: the cell is empty"),
    (rows(GOOD.replace("m1", "")), "log.csv:2: message_id: the cell is empty"),
    (rows(GOOD.replace("c1", "")), "log.csv:2: customer_id: the cell is empty"),
    (rows(GOOD.replace("pluto", "saturn")), "log.csv:2: system: unknown system (value 'saturn'; allowed pluto, cuba"),
    (rows(GOOD.replace("pluto", "")), "log.csv:2: system: the cell is empty"),
    (rows(GOOD.replace(",sent,", ",snet,")), "log.csv:2: outcome: unknown outcome (value 'snet'; allowed sent, held"),
    (rows(GOOD.replace(",sent,", ",,")), "log.csv:2: outcome: the cell is empty"),
    (rows(GOOD, GOOD.replace(",sent,", ",held,")), "log.csv:3: message_id: the message is in line 2 already"),
    (
        rows(*[f"m1,c1,pluto,{SYDNEY},2026-10-06T10:00:00Z,refused,"] * 2),
        "log.csv:3: message_id: the message is in line 2 already (value 'm1'",
    ),
    (rows(GOOD + ",fax", header=HEADER + ",channel"), "log.csv:2: channel: unknown channel (value 'fax'; allowed sms"),
    (
        rows(GOOD + ",maybe", header=HEADER + ",confirmed"),
        "log.csv:2: confirmed: neither true nor false (value 'maybe'",
    ),
    (rows(GOOD + ",daly_limit", header=HEADER + ",reasons"), "allowed daily_limit"),
    (rows(GOOD + ",soon", header=HEADER + ",by_date"), "log.csv:2: by_date: not a date (value 'soon'"),
    (rows(GOOD + ",x", header=HEADER + ",kind"), "log.csv:2: kind: unknown kind"),
    (rows(GOOD + ",m1", header=HEADER + ",message_id"), "log.csv:1: message_id: the column occurs 2 times"),
    (
        rows(
            f'm1,c1,pluto,{SYDNEY},2026-10-06T10:00:00Z,refused,,"a\nb"',
            "x,c,pluto,Nowhere,,,,",
            header=HEADER + ",note",
        ),
        "log.csv:4: ",
    ),
]


@pytest.mark.parametrize(("text", "words"), BAD, ids=range(len(BAD)))
def test_bad_input_is_one_clear_line(tmp_path, text, words):
    with pytest.raises(InputError) as caught:
        read(tmp_path, text)
    told = str(caught.value)
    assert words in told
    assert "\n" not in told


def test_files_that_are_not_there(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        Log.from_messages(tmp_path / "nothing.csv", policy=policy())
    with pytest.raises(InputError, match="is a folder"):
        Log.from_messages(tmp_path, policy=policy())


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        ({"sent": "x"}, "--map: unknown column 'sent' (allowed sent_at"),
        ({"text": "Words"}, "no column 'Words' for text"),
    ],
)
def test_bad_mappings(tmp_path, mapping, words):
    with pytest.raises(InputError) as caught:
        read(tmp_path, rows(GOOD), mapping=mapping)
    assert words in str(caught.value)


def test_a_bad_zone_for_naive_times(tmp_path):
    with pytest.raises(InputError, match="--times-in: unknown time zone"):
        read(tmp_path, rows(GOOD), times_in="Sydney")


def test_a_bad_cell_of_parquet_names_its_row(tmp_path):
    table = pa.table({name: [value] for name, value in zip(HEADER.split(","), GOOD.split(","), strict=True)})
    bad = table.set_column(2, "system", pa.array(["saturn"]))
    pq.write_table(bad, tmp_path / "log.parquet")
    with pytest.raises(InputError, match=r"log\.parquet: system: row 1: unknown system"):
        Log.from_messages(tmp_path / "log.parquet", policy=policy())
