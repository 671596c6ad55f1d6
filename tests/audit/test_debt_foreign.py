"""The rules between debt messages in somebody else's log: gap, one nudge, similar messages, hierarchy, eligibility."""

import pytest

from tests.audit.builder import judge_one, offenders, policy
from tests.audit.foreign_logs import HEADER, PERTH, SYDNEY, read, rows

WIDE = f"{HEADER},template,reasons"


def sent(message: str, system: str, when: str, template: str, zone: str = SYDNEY, offset: str = "+10:00") -> str:
    """A sent row: issued by a run at 04:00 Sydney, sent at `when` (day and local time)."""
    day = when[:10]
    return f"{message},c1,{system},{zone},{day}T04:00:00.000+10:00,sent,{when.replace(' ', 'T')}{offset},{template},"


def stopped(message: str, day: str, template: str, reasons: str) -> str:
    return f"{message},c1,dmis,{SYDNEY},{day}T04:00:00.000+10:00,suppressed,,{template},{reasons}"


def judged(folder, rule: str, *lines: str, header: str = WIDE, **changes) -> list[int | str]:
    return offenders(judge_one(read(folder, rows(*lines, header=header), values=policy(**changes)), rule))


A, B = "Debt Overdue", "Debt due Soon"


@pytest.mark.parametrize(
    ("second", "reading", "wrong"),
    [
        ("2026-08-13 10:00:00.000", "full_day", ["m2"]),
        ("2026-08-14 10:00:00.000", "full_day", []),
        ("2026-08-13 10:00:00.000", "business_day", ["m2"]),
        ("2026-08-14 10:00:00.000", "business_day", []),
    ],
)
def test_the_gap_by_days_of_sending(tmp_path, second, reading, wrong):
    lines = sent("m1", "dmis", "2026-08-12 10:00:00.000", A), sent("m2", "dmis", second, B)
    assert judged(tmp_path, "dr-gap", *lines, dr_gap__reading=reading) == wrong


def test_the_gap_over_a_weekend_and_in_the_recipients_zone(tmp_path):
    lines = sent("m1", "dmis", "2026-08-14 10:00:00.000", A), sent("m2", "dmis", "2026-08-17 10:00:00.000", B)
    assert judged(tmp_path, "dr-gap", *lines) == []
    assert judged(tmp_path, "dr-gap", *lines, dr_gap__reading="business_day") == ["m2"]
    # 23:59 and 00:01 in Perth are two local days, and one in Sydney.
    perth = (
        sent("m1", "dmis", "2026-08-12 23:59:00.000", A, PERTH, "+08:00"),
        sent("m2", "dmis", "2026-08-14 00:01:00.000", B, PERTH, "+08:00"),
    )
    assert judged(tmp_path, "dr-gap", *perth) == []


def test_hours_24_needs_due_instants(tmp_path):
    reading = policy(dr_gap__reading="hours_24")
    lines = sent("m1", "dmis", "2026-08-12 10:00:00.000", A), sent("m2", "dmis", "2026-08-13 10:00:00.000", B)
    assert judge_one(read(tmp_path, rows(*lines, header=WIDE), values=reading), "dr-gap").verdict == "unknown"
    due = [f"{line},2026-08-{day}T10:00:00.000+10:00" for line, day in zip(lines, (12, 13), strict=True)]
    log = read(tmp_path, rows(*due, header=f"{WIDE},due_at"), values=reading)
    assert judge_one(log, "dr-gap").verdict == "pass"
    due[1] = due[1].replace("T10:00:00.000+10:00", "T09:59:59.999+10:00").replace("04:00:00.000", "09:00:00.000")
    assert due[1].endswith("2026-08-13T09:59:59.999+10:00")
    log = read(tmp_path, rows(*due, header=f"{WIDE},due_at"), values=reading)
    assert offenders(judge_one(log, "dr-gap")) == ["m2"]


def test_suppressed_by_the_gap(tmp_path):
    early = sent("m0", "pluto", "2026-08-01 10:00:00.000", "S002")
    first = sent("m1", "dmis", "2026-08-12 10:00:00.000", A)
    assert judged(tmp_path, "dr-gap", early, first, stopped("m2", "2026-08-13", B, "gap")) == []
    assert judged(tmp_path, "dr-gap", early, first, stopped("m2", "2026-08-14", B, "gap")) == ["m2"]
    audit = judge_one(read(tmp_path, rows(stopped("m2", "2026-08-14", B, "gap"), header=WIDE)), "dr-gap")
    assert (audit.verdict, audit.unjudged) == ("unknown", 1)


@pytest.mark.parametrize(
    ("boundary", "day", "wrong"),
    [
        ("previous_days", "2026-08-19", ["m2"]),
        ("previous_days", "2026-08-20", []),
        ("days_apart", "2026-08-18", ["m2"]),
        ("days_apart", "2026-08-19", []),
    ],
)
def test_similar_messages(tmp_path, boundary, day, wrong):
    lines = sent("m1", "dmis", "2026-08-12 10:00:00.000", A), sent("m2", "dmis", f"{day} 10:00:00.000", "405")
    assert judged(tmp_path, "dr-similar", *lines, dr_similar__boundary=boundary) == wrong
    other = sent("m2", "dmis", f"{day} 10:00:00.000", B)
    assert judged(tmp_path, "dr-similar", lines[0], other, dr_similar__boundary=boundary) == []


def test_similar_messages_need_templates(tmp_path):
    lines = [line.rsplit(",", 2)[0] for line in (sent("m1", "dmis", "2026-08-12 10:00:00.000", A),)]
    assert judge_one(read(tmp_path, rows(*lines)), "dr-similar").verdict == "unknown"
    own = sent("m1", "dmis", "2026-08-12 10:00:00.000", "Christmas greeting")
    audit = judge_one(read(tmp_path, rows(own, header=WIDE)), "dr-similar")
    assert audit.unjudged == 1


def test_one_nudge_over_both_systems(tmp_path):
    dmis = sent("m1", "dmis", "2026-08-12 10:00:00.000", A)
    sap = sent("m2", "sap", "2026-08-12 09:00:00.000", "Instalment due")
    confirmation = sent("m3", "sap", "2026-08-12 11:00:00.000", "arrangement_confirmation")
    paused = sent("m4", "dmis", "2026-08-12 10:00:00.000", "Immediate SMS Debt Refresh – Pause applied")
    assert judged(tmp_path, "dr-one-nudge", dmis, sap) == ["m1"]
    assert judged(tmp_path, "dr-one-nudge", dmis, sap, dr_one_nudge__enabled=False) == []
    assert judged(tmp_path, "dr-one-nudge", dmis, confirmation) == []
    assert judged(tmp_path, "dr-one-nudge", sap, paused) == []
    assert judged(tmp_path, "dr-one-nudge", dmis, sent("m2", "sap", "2026-08-13 09:00:00.000", "502")) == []
    early = sent("m0", "pluto", "2026-08-01 10:00:00.000", "S002")
    assert judged(tmp_path, "dr-one-nudge", early, stopped("m5", "2026-08-12", A, "one_nudge")) == ["m5"]
    assert judged(tmp_path, "dr-one-nudge", early, sap, stopped("m5", "2026-08-12", A, "one_nudge")) == []


def test_a_nudge_may_be_told_by_its_kind_alone(tmp_path):
    header = f"{HEADER},kind"
    lines = [
        f"m1,c1,dmis,{SYDNEY},2026-08-12T04:00:00.000+10:00,sent,2026-08-12T10:00:00.000+10:00,nudge",
        f"m2,c1,sap,{SYDNEY},2026-08-12T04:00:00.000+10:00,sent,2026-08-12T09:00:00.000+10:00,nudge",
    ]
    assert judged(tmp_path, "dr-one-nudge", *lines, header=header) == ["m1"]
    unknown = [line.rsplit(",", 1)[0] for line in lines]
    assert judge_one(read(tmp_path, rows(*unknown)), "dr-one-nudge").verdict == "unknown"


def test_the_hierarchy_of_one_day(tmp_path):
    higher = sent("m1", "dmis", "2026-08-12 10:00:00.000", A)
    lower = sent("m2", "dmis", "2026-08-12 10:00:00.000", B)
    assert judged(tmp_path, "dr-hierarchy", higher, lower) == ["m2"]
    assert judged(tmp_path, "dr-hierarchy", higher, stopped("m2", "2026-08-12", B, "hierarchy")) == []
    assert judged(tmp_path, "dr-hierarchy", lower, stopped("m1", "2026-08-12", A, "hierarchy")) == ["m1", "m2"]
    assert judged(tmp_path, "dr-hierarchy", lower, stopped("m1", "2026-08-12", A, "gap")) == ["m2"]
    assert judged(tmp_path, "dr-hierarchy", lower, stopped("m1", "2026-08-12", A, "similar")) == []
    assert judged(tmp_path, "dr-hierarchy", lower, stopped("m1", "2026-08-13", A, "hierarchy")) == ["m1"]
    alone = stopped("m1", "2026-08-12", A, "gap"), stopped("m2", "2026-08-12", B, "hierarchy")
    assert judged(tmp_path, "dr-hierarchy", *alone) == []


def test_a_suppressed_row_may_stand_for_several_nights(tmp_path):
    gap = f"{stopped('m1', '2026-08-12', A, 'gap')},2"
    lost = f"{stopped('m2', '2026-08-13', B, 'hierarchy')},1"
    assert judged(tmp_path, "dr-hierarchy", gap, lost, header=f"{WIDE},nights") == []
    assert judged(tmp_path, "dr-hierarchy", gap.replace(",2", ",1"), lost, header=f"{WIDE},nights") == ["m2"]


def test_what_a_messages_table_cannot_show(tmp_path):
    log = read(tmp_path, rows(sent("m1", "dmis", "2026-08-12 10:00:00.000", A), header=WIDE))
    for rule in ("dr-eligibility", "dr-disaster-pause", "dr-view", "dr-recipient", "dr-vulnerable"):
        audit = judge_one(log, rule)
        assert (audit.verdict, bool(audit.why_unknown)) == ("unknown", True), rule
    quiet = read(tmp_path, rows(sent("m1", "pluto", "2026-08-12 10:00:00.000", "S002"), header=WIDE))
    for rule in ("dr-eligibility", "dr-disaster-pause", "dr-view", "dr-recipient", "dr-gap", "dr-hierarchy"):
        assert judge_one(quiet, rule).verdict == "not_exercised", rule


def test_what_waited_for_that_day_was_in_the_way_though_it_went_later(tmp_path):
    header = f"{WIDE},due_at"
    early = f"{sent('m0', 'pluto', '2026-08-01 10:00:00.000', 'S002')},"
    late = f"{sent('m1', 'sap', '2026-08-13 08:00:00.000', '502')},2026-08-12T09:00:00.000+10:00"
    lost = f"{stopped('m2', '2026-08-12', A, 'one_nudge')},"
    assert judged(tmp_path, "dr-one-nudge", early, late, lost, header=header) == []
    assert judged(tmp_path, "dr-one-nudge", early, late.replace("08-12T09", "08-13T09"), lost, header=header) == ["m2"]
