"""The rules on somebody else's log: evidence, the window, the limit, the one-hour question, who may get a message."""

import pytest

from sim.audit import Log
from sim.errors import InputError
from tests.audit.builder import judge_one, offenders
from tests.audit.foreign_logs import GOOD, HEADER, PERTH, SYDNEY, read, rows

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


def test_a_recipient_who_moved_while_the_message_was_held(tmp_path):
    # 21:00 in Sydney is 19:00 in Perth, which is all that the log tells of the zone.
    line = (
        f"m1,c1,pluto,{PERTH},2026-09-22T21:00:00.000+10:00,sent,2026-09-23T08:00:00.100+08:00,"
        "2026-09-23T08:00:00.000+10:00,2026-09-23T08:00:00.000+08:00"
    )
    other = f"m2,c2,pluto,{PERTH},2026-09-22T19:30:00.000+08:00,sent,2026-09-22T19:30:00.100+08:00,,"
    text = rows(line, other, header=HEADER + ",due_at,release_at")
    audit = judge_one(read(tmp_path, text), "cs-send-window")
    assert (audit.breaches, audit.unjudged) == (0, 1)
    assert judge_one(read(tmp_path, text), "cs-window-at-gateway").verdict == "pass"


def test_a_recipient_who_was_in_two_zones(tmp_path):
    early = "c1,pluto,{},2026-10-06T06:30:00.000+11:00,sent,2026-10-06T08:00:00.000+11:00"
    alone = rows("m1," + early.format(SYDNEY))
    assert judge_one(read(tmp_path, alone), "cs-send-window").verdict == "fail"
    moved = f"m2,c1,pluto,{PERTH},2026-10-01T12:00:00.000+08:00,sent,2026-10-01T12:00:00.000+08:00"
    assert judge_one(read(tmp_path, rows("m1," + early.format(SYDNEY), moved)), "cs-send-window").breaches == 0


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
