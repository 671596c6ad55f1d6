"""Somebody else's log: what it needs, how it is read, what is refused in one line, and what is evidence."""

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sim.audit import Log, judge
from sim.errors import InputError
from tests.audit.builder import judge_one, offenders, policy

HEADER = "message_id,customer_id,system,timezone,issued_at,outcome,sent_at"
SYDNEY, PERTH = "Australia/Sydney", "Australia/Perth"
GOOD = "m1,c1,pluto,Australia/Sydney,2026-10-06T10:00:00.000+11:00,sent,2026-10-06T10:00:00.200+11:00"


def read(folder: Path, text: str | bytes, customers: str | None = None, values=None, name="log.csv", **more) -> Log:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    companion = None
    if customers is not None:
        companion = folder / "customers.csv"
        companion.write_text(customers, encoding="utf-8")
    return Log.from_messages(path, companion, policy=values or policy(), **more)


def rows(*lines: str, header: str = HEADER) -> str:
    return "\n".join((header, *lines)) + "\n"


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


# Evidence.


def test_what_is_evidence_and_not_bad_input(tmp_path):
    first = f"c1,pluto,{SYDNEY},2026-10-06T10:00:00.000+11:00"
    text = rows(
        f"twice,{first},sent,2026-10-06T10:00:01.000+11:00",
        f"twice,{first},sent,2026-10-06T10:00:02.000+11:00",
        f"never,{first},sent,",
        f"backwards,{first},sent,2026-10-06T09:59:59.000+11:00",
        f"refused,{first},refused,2026-10-06T10:00:01.000+11:00",
        f"fine,{first},sent,2026-10-06T10:00:01.000+11:00",
        f"no,{first},refused,",
    )
    audit = judge_one(read(tmp_path, text), "cs-once")
    assert sorted(offenders(audit)) == ["backwards", "never", "refused", "twice"]
    twice = next(breach for breach in audit.evidence if breach.messages[0] == "twice")
    assert twice.messages == ("twice", "twice")
    assert audit.cases == 6


@pytest.mark.parametrize(
    ("more", "header", "verdict"),
    [
        (",2026-10-07T08:00:00.000+11:00", ",release_at", "fail"),
        (",2026-10-30T08:00:00.000+11:00", ",release_at", "unknown"),
        ("", "", "unknown"),
    ],
)
def test_held_for_ever(tmp_path, more, header, verdict):
    held = f"m2,c2,pluto,{SYDNEY},2026-10-06T21:00:00.000+11:00,held,"
    other = f"m3,c3,pluto,{SYDNEY},2026-10-20T10:00:00.000+11:00,refused,"
    text = rows(held + more, other + ("," if header else ""), header=HEADER + header)
    assert judge_one(read(tmp_path, text), "cs-once").verdict == verdict


# The window, from `sent_at` alone.


@pytest.mark.parametrize(
    ("issued", "sent", "verdict"),
    [
        ("2026-10-06T21:00", "2026-10-07T08:00", "pass"),
        ("2026-10-06T21:00", "2026-10-07T11:30", "pass"),
        ("2026-10-06T06:30", "2026-10-07T08:00", "pass"),
        ("2026-10-06T06:30", "2026-10-06T08:00", "fail"),  # the next day, also for 06:30
        ("2026-10-06T21:00", "2026-10-06T21:00", "fail"),
        ("2026-10-06T10:00", "2026-10-06T18:00", "pass"),
        ("2026-10-06T10:00", "2026-10-07T08:00", "unknown"),  # it may have been waiting at closing
        ("2026-10-06T21:00", "2026-10-08T08:00", "unknown"),
    ],
)
def test_days_of_sending(tmp_path, issued, sent, verdict):
    text = rows(f"m1,c1,pluto,{SYDNEY},{issued}:00.000+11:00,sent,{sent}:00.000+11:00")
    assert judge_one(read(tmp_path, text), "cs-send-window").verdict == verdict


@pytest.mark.parametrize(
    ("issued", "sent", "system", "verdict"),
    [
        ("10:00", "10:30", "pluto", "fail"),  # no backlog: somebody's later message went that day
        ("09:59", "10:30", "pluto", "unknown"),  # issued before it
        ("10:00", "10:30", "cuba", "unknown"),  # another system's queue
    ],
)
def test_a_later_message_shows_that_there_was_no_backlog(tmp_path, issued, sent, system, verdict):
    text = rows(
        f"late,c1,pluto,{SYDNEY},2026-10-06T10:00:00.000+11:00,sent,2026-10-07T08:00:00.000+11:00",
        f"other,c2,{system},{PERTH},2026-10-06T{issued}:00.000+11:00,sent,2026-10-06T{sent}:00.000+11:00",
    )
    audit = judge_one(read(tmp_path, text), "cs-send-window")
    late = [breach for breach in audit.evidence if breach.messages[0] == "late"]
    assert bool(late) == (verdict == "fail")
    assert not late or late[0].messages == ("late", "other")


def test_a_full_day_is_a_cause_to_be_late(tmp_path):
    morning = [
        f"m{n},c1,pluto,{SYDNEY},2026-10-07T09:0{n}:00.000+11:00,sent,2026-10-07T09:0{n}:01.000+11:00" for n in range(5)
    ]
    held = f"late,c1,pluto,{SYDNEY},2026-10-06T21:00:00.000+11:00,sent,2026-10-08T08:00:00.000+11:00"
    audit = judge_one(read(tmp_path, rows(*morning, held)), "cs-send-window")
    assert audit.verdict == "pass"


@pytest.mark.parametrize(
    ("due", "wrong"),
    [
        ("2026-10-07T08:00:00.000+11:00", []),
        ("2026-10-07T09:00:00.000+11:00", ["m1"]),
        ("2026-10-08T08:00:00.000+11:00", ["m1"]),
        ("", []),
    ],
)
def test_due_instants(tmp_path, due, wrong):
    text = rows(
        f"m1,c1,pluto,{SYDNEY},2026-10-06T21:00:00.000+11:00,sent,2026-10-08T08:00:00.000+11:00,{due}",
        header=HEADER + ",due_at",
    )
    assert offenders(judge_one(read(tmp_path, text), "cs-send-window")) == wrong


def test_held_inside_the_window(tmp_path):
    text = rows(
        f"m1,c1,pluto,{SYDNEY},2026-10-06T10:00:00.000+11:00,sent,2026-10-07T08:00:00.000+11:00,2026-10-07T08:00+11:00",
        f"m2,c1,pluto,{SYDNEY},2026-10-06T10:00:00.000+11:00,sent,2026-10-06T10:00:01.000+11:00,2026-10-06T10:00+11:00",
        header=HEADER + ",due_at",
    )
    assert offenders(judge_one(read(tmp_path, text), "cs-send-window")) == ["m1"]


def test_what_cuba_sends_without_a_channel_may_be_an_email(tmp_path):
    night = "2026-10-06T21:00:00.000+11:00"
    line = f"m1,c1,cuba,{SYDNEY},{night},sent,{night}"
    log = read(tmp_path, rows(line))
    for rule in ("cs-send-window", "cs-window-at-gateway"):
        audit = judge_one(log, rule)
        assert (audit.verdict, audit.breaches, audit.unjudged) == ("unknown", 0, 1), rule
    for channel, verdict in (("sms", "fail"), ("email", "not_exercised"), ("", "unknown")):
        log = read(tmp_path, rows(f"{line},{channel}", header=HEADER + ",channel"))
        assert judge_one(log, "cs-send-window").verdict == verdict
    morning = line.replace("T21:", "T10:")
    assert judge_one(read(tmp_path, rows(morning)), "cs-send-window").verdict == "pass"
    overseas = "customer_id,mobile_status,restricted_access,employer\nc1,overseas,no,no\n"
    assert judge_one(read(tmp_path, rows(morning), overseas), "cs-recipient-barred").verdict == "unknown"
    assert (
        judge_one(
            read(tmp_path, rows(f"{morning},sms", header=HEADER + ",channel"), overseas), "cs-recipient-barred"
        ).breaches
        == 1
    )


# The daily limit.


def burst(count: int, day: str = "2026-10-06", first: int = 1, res: str = ":00.000") -> list[str]:
    return [
        f"m{n},c1,pluto,{SYDNEY},{day}T10:{n:02}{res}+11:00,sent,{day}T10:{n:02}{res}+11:00"
        for n in range(first, first + count)
    ]


@pytest.mark.parametrize(("count", "wrong"), [(5, []), (6, ["m6"]), (7, ["m6", "m7"])])
@pytest.mark.parametrize("res", [":00.000", ":00", ""])
def test_six_in_a_day(tmp_path, count, wrong, res):
    audit = judge_one(read(tmp_path, rows(*burst(count, res=res))), "cs-daily-limit")
    assert offenders(audit) == wrong
    assert audit.cases == count


def test_six_in_one_minute(tmp_path):
    lines = [line.replace("10:0", "10:0").replace(f"10:0{n}", "10:00") for n, line in enumerate(burst(6, res=""), 1)]
    audit = judge_one(read(tmp_path, rows(*lines)), "cs-daily-limit")
    assert offenders(audit) == ["m6"]


@pytest.mark.parametrize(
    ("sent", "day", "verdict"),
    [(5, "2026-10-07", "pass"), (4, "2026-10-07", "fail"), (4, "2026-10-06", "unknown")],
)
def test_refused_by_the_limit(tmp_path, sent, day, verdict):
    before = f"m90,c9,pluto,{SYDNEY},2026-10-06T09:00:00.000+11:00,refused,,opted_out"
    lines = [line + "," for line in burst(sent, day)]
    refused = f"m99,c1,pluto,{SYDNEY},{day}T12:00:00.000+11:00,refused,,daily_limit"
    audit = judge_one(read(tmp_path, rows(before, *lines, refused, header=HEADER + ",reasons")), "cs-daily-limit")
    if verdict == "unknown":
        assert (audit.breaches, audit.unjudged) == (0, 1)
    else:
        assert audit.verdict == verdict


def test_held_for_a_day_that_is_full(tmp_path):
    lines = [
        f"m{n},c1,pluto,{SYDNEY},2026-10-06T21:0{n}:00.000+11:00,sent,2026-10-07T08:00:0{n}.000+11:00" for n in range(6)
    ]
    assert offenders(judge_one(read(tmp_path, rows(*lines)), "cs-daily-limit")) == ["m5"]


def test_the_local_day_is_the_recipients(tmp_path):
    # Nine in the evening in Perth is the next day in Sydney.
    lines = [
        f"m{n},c1,pluto,{PERTH},2026-10-06T19:0{n}:00.000+08:00,sent,2026-10-06T19:0{n}:01.000+08:00" for n in range(3)
    ] + [
        f"n{n},c1,pluto,{PERTH},2026-10-06T09:0{n}:00.000+08:00,sent,2026-10-06T09:0{n}:01.000+08:00" for n in range(3)
    ]
    assert judge_one(read(tmp_path, rows(*lines)), "cs-daily-limit").breaches == 1
    lines = [line.replace("2026-10-06T09", "2026-10-07T09") for line in lines]
    assert judge_one(read(tmp_path, rows(*lines)), "cs-daily-limit").breaches == 0


# The one-hour question.

ASKED = HEADER + ",confirmation_asked,confirmed"


def pair(second: str, asked: str, confirmed: str, outcome: str = "sent", res: str = ":00.000") -> str:
    sent = f"2026-10-06T{second}+11:00" if outcome == "sent" else ""
    return rows(
        f"m0,c0,pluto,{SYDNEY},2026-10-05T10:00{res}+11:00,sent,2026-10-05T10:00{res}+11:00,false,false",
        f"m1,c1,pluto,{SYDNEY},2026-10-06T10:00{res}+11:00,sent,2026-10-06T10:00{res}+11:00,false,false",
        f"m2,c1,pluto,{SYDNEY},2026-10-06T{second}+11:00,{outcome},{sent},{asked},{confirmed}",
        header=ASKED,
    )


@pytest.mark.parametrize(
    ("second", "asked", "confirmed", "wrong", "unjudged"),
    [
        ("10:59:59.999", "false", "false", ["m2"], 0),
        ("11:00:00.000", "false", "false", [], 0),
        ("10:30:00.000", "true", "true", [], 0),
        ("10:30:00.000", "true", "false", ["m2"], 0),
        ("11:14:59.999", "true", "true", [], 1),  # the first Send may have been within the hour
        ("11:15:00.001", "true", "true", ["m2"], 0),
    ],
)
def test_the_one_hour_question(tmp_path, second, asked, confirmed, wrong, unjudged):
    audit = judge_one(read(tmp_path, pair(second, asked, confirmed)), "cs-hourly-confirmation")
    assert offenders(audit) == wrong
    assert audit.unjudged == unjudged


@pytest.mark.parametrize(
    ("second", "wrong", "unjudged"), [("10:59", ["m2"], 0), ("11:00", [], 1), ("11:01", [], 0), ("10:00", [], 2)]
)
def test_minutes_do_not_tell_the_hour(tmp_path, second, wrong, unjudged):
    audit = judge_one(read(tmp_path, pair(second, "false", "false", res="")), "cs-hourly-confirmation")
    assert offenders(audit) == wrong
    assert audit.unjudged == unjudged


def test_a_cancelled_question(tmp_path):
    audit = judge_one(read(tmp_path, pair("10:30:00.000", "true", "false", "cancelled")), "cs-hourly-confirmation")
    assert audit.verdict == "pass"


# The companion of customers.

LATER = "2026-10-06T12:00:00.000+11:00"


def customer_log(tmp_path, customers: str, *lines: str) -> Log:
    return read(tmp_path, rows(*lines, header=HEADER + ",reasons"), customers)


SENT = f"m1,c1,pluto,{SYDNEY},{LATER},sent,{LATER},"
REFUSED = f"m2,c1,pluto,{SYDNEY},{LATER},refused,,"


@pytest.mark.parametrize(
    ("status", "since", "rule", "sent", "refused"),
    [
        ("overseas", "", "cs-recipient-barred", "fail", "pass"),
        ("invalid", "", "cs-mobile-required", "unknown", "unknown"),
        ("invalid", "2026-10-06T11:00:00+11:00", "cs-mobile-required", "fail", "pass"),
        ("invalid", "2026-10-06T13:00:00+11:00", "cs-mobile-required", "unknown", "unknown"),
        ("invalid", "2026-10-06T12:00:00.000+11:00", "cs-mobile-required", "fail", "pass"),
        ("valid", "", "cs-mobile-required", "pass", "unknown"),
        ("valid", "2026-10-06T11:00:00+11:00", "cs-mobile-required", "pass", "fail"),
    ],
)
def test_the_mobile_on_record(tmp_path, status, since, rule, sent, refused):
    reason = {"overseas": "overseas_mobile"}.get(status, "invalid_mobile")
    customers = f"customer_id,mobile_status,mobile_status_from,restricted_access,employer\nc1,{status},{since},no,no\n"
    assert judge_one(customer_log(tmp_path, customers, SENT), rule).verdict == sent
    assert judge_one(customer_log(tmp_path, customers, REFUSED + reason), rule).verdict == refused


@pytest.mark.parametrize(
    ("start", "end", "sent", "refused"),
    [
        ("2026-10-06T11:00:00+11:00", "", "fail", "pass"),
        ("2026-10-06T13:00:00+11:00", "", "pass", "fail"),
        ("2026-10-06T12:00:00.000+11:00", "", "fail", "pass"),
        ("", "", "pass", "fail"),
        ("2026-10-05T11:00:00+11:00", "2026-10-06T11:00:00+11:00", "pass", "fail"),
        ("2026-10-06T13:00:00+11:00", "2026-10-05T11:00:00+11:00", "pass", "fail"),
        ("2026-10-07T13:00:00+11:00", "2026-10-06T13:00:00+11:00", "unknown", "unknown"),
    ],
)
def test_opt_outs(tmp_path, start, end, sent, refused):
    customers = f"customer_id,sms_opt_out_at,sms_opt_out_lifted_at\nc1,{start},{end}\n"
    assert judge_one(customer_log(tmp_path, customers, SENT), "cs-opt-out").verdict == sent
    assert judge_one(customer_log(tmp_path, customers, REFUSED + "opted_out"), "cs-opt-out").verdict == refused


def test_a_date_of_death_in_a_zone(tmp_path):
    customers = "customer_id,deceased_at\nc1,2026-10-06\nc2,2026-10-05\n"
    lines = (SENT, SENT.replace("m1", "m3").replace("c1", "c2"))
    log = read(tmp_path, rows(*lines, header=HEADER + ",reasons"), customers, times_in=SYDNEY)
    audit = judge_one(log, "cs-subscription")
    assert offenders(audit) == ["m3"]
    assert audit.unjudged == 1  # on the day itself nobody knows


def test_a_customer_who_is_not_in_the_companion(tmp_path):
    audit = judge_one(customer_log(tmp_path, "customer_id,sms_opt_out_at\nc9,\n", SENT), "cs-opt-out")
    assert (audit.verdict, audit.unjudged) == ("unknown", 1)


@pytest.mark.parametrize(
    ("customers", "words"),
    [
        ("id\n1\n", "customers.csv:1: required column is missing: customer_id"),
        ("customer_id\nc1\nc1\n", "customers.csv:3: customer_id: the customer is there already"),
        ("customer_id,mobile_status\nc1,gone\n", "customers.csv:2: mobile_status: unknown mobile_status (value 'gone'"),
        ("customer_id,deceased_at\nc1,2026-10-06\n", "customers.csv:2: deceased_at: a time without an offset"),
        ("customer_id,employer\nc1,perhaps\n", "customers.csv:2: employer: neither true nor false"),
        ("", "customers.csv: the file is empty"),
    ],
)
def test_bad_companions(tmp_path, customers, words):
    with pytest.raises(InputError) as caught:
        read(tmp_path, rows(GOOD), customers)
    assert words in str(caught.value)
