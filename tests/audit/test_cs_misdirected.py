"""cs-misdirected against hand-written histories."""

import pytest

from sim.audit.codes import REPORT_ACTIONS, REPORT_CASES, Event
from sim.audit.cs_misdirected import ACTIONS
from tests.audit.builder import MINUTE, at, expect, judge_one
from tests.audit.follow_ups import CUSTOMER, LAST_DUE, MESSAGE, NOON, READER, FollowUp
from tests.audit.foreign_logs import GOOD, read, rows

WRONG, ENDED, OUT, ANOTHER, NOT_THEIRS, REPRESENTATIVE, NOBODY = REPORT_CASES
THEIRS = (NOT_THEIRS, NOBODY)  # they go to the SAS Team
REPORTERS = {WRONG: READER, ENDED: CUSTOMER, OUT: CUSTOMER, ANOTHER: CUSTOMER, NOT_THEIRS: READER}
ALL = 7


class Report(FollowUp):
    """A report and what was done about it, minute by minute."""

    def __init__(self, case: str, time: int = NOON) -> None:
        super().__init__()
        self.case, self.time = case, time
        self.reporter = REPORTERS.get(case, 0)
        self.told(time, Event.REPORT_RECEIVED, self.reporter, value=REPORT_CASES[case], officer=0)

    def next(self, event: Event, **columns: int) -> None:
        self.time += MINUTE
        self.told(self.time, event, self.reporter, **columns)

    def step(self, action: str, included: int = ALL, removed_from: int = CUSTOMER, effect: bool = True) -> None:
        self.next(Event.REPORT_STEP, value=REPORT_ACTIONS[action])
        if not effect:
            return
        if action == "update_details":
            self.fact(self.time, Event.MOBILE_RECORDED, self.reporter, 1, ref=1)
        elif action == "record_opt_out":
            self.fact(self.time, Event.OPT_OUT_RECORDED, self.reporter, officer=9)
        elif action == "escalate_to_sas":
            self.told(self.time, Event.ESCALATED, self.reporter, value=included)
        elif action == "report_incident":
            self.told(self.time, Event.INCIDENT_REPORTED, self.reporter)
        elif action == "remove_number":
            self.told(self.time, Event.NUMBER_REMOVED, self.reporter, other=removed_from)
            self.fact(self.time, Event.MOBILE_RECORDED, removed_from, 0, ref=1)

    def found(self, intended: int = CUSTOMER) -> None:
        self.next(Event.SAS_FOUND, other=intended, officer=80)

    def closed(self) -> "Report":
        self.next(Event.REPORT_CLOSED)
        return self


def handled(
    case: str, steps: list[str] | None = None, *, named: int = CUSTOMER, closed: bool = True, no_effect: str = "",
    time: int = NOON, **how: int,
) -> Report:  # fmt: skip
    """The steps (by default those of the case) with what the SAS Team says before the incident is reported."""
    report = Report(case, time)
    for action in list(ACTIONS[case]) if steps is None else steps:
        if action == "report_incident":
            report.found(named)
        report.step(action, effect=action != no_effect, **how)
    return report.closed() if closed else report


def without(case: str, *left_out: str) -> Report:
    return handled(case, [action for action in ACTIONS[case] if action not in left_out])


def test_the_actions_of_each_case():
    """EM table 2, steps 6 to 8, by hand."""
    first = ["note_content_and_number", "check_number"]
    asked = ["ask_content_and_time", "check_subscription"]
    sas = ["escalate_to_sas", "report_incident", "remove_number"]
    others = ["note_content_and_number", "ask_name_and_contact", "ask_content_and_time", "check_representative"]
    by_hand = {
        WRONG: [*first, "update_details", *asked, "apologise", "check_case_notes"],
        ENDED: [*first, *asked, "apologise"],
        OUT: [*first, *asked, "record_opt_out", "check_case_notes"],
        ANOTHER: [*first, *asked, "check_case_notes", "apologise", "explain_correct_reason"],
        NOT_THEIRS: [*first, *asked, "apologise", "check_case_notes", *sas],
        REPRESENTATIVE: [*others, "explain_purpose"],
        NOBODY: [*others, "apologise", "advise_investigation", *sas],
    }
    audit = expect("cs-misdirected", {case: (handled(case, steps), []) for case, steps in by_hand.items()})
    assert (audit.cases, audit.unjudged, audit.verdict) == (7, 0, "pass")


def test_every_step_that_is_left_out_is_a_breach():
    table = {(case, action): (without(case, action), [MESSAGE]) for case in ACTIONS for action in ACTIONS[case]}
    audit = expect("cs-misdirected", table)
    assert audit.cases == len(table)


def test_steps_that_are_out_of_order_or_that_nothing_asks_for():
    swapped = list(ACTIONS[ENDED])
    swapped[1:3] = swapped[2:0:-1]
    escalated = [*ACTIONS[REPRESENTATIVE], "escalate_to_sas"]
    table = {
        "out of order": handled(ENDED, swapped),
        "twice": handled(ENDED, [*ACTIONS[ENDED], "apologise"]),
        "an opt-out that nobody wanted": handled(ENDED, [*ACTIONS[ENDED], "record_opt_out"]),
        "a representative's number escalated": handled(REPRESENTATIVE, escalated),
        "nothing at all": handled(ENDED, []),
    }
    quietly = handled(REPRESENTATIVE, closed=False)
    quietly.next(Event.NUMBER_REMOVED, other=CUSTOMER)
    table["a number removed without a step"] = quietly.closed()
    expect("cs-misdirected", {name: (report, [MESSAGE]) for name, report in table.items()})


@pytest.mark.parametrize("case", THEIRS)
def test_the_escalation_and_the_answer(case):
    early = Report(case)
    for action in ACTIONS[case]:
        early.step(action)
    early.found()
    table = {
        "all included": (handled(case, included=7), []),
        "no number": (handled(case, included=6), [MESSAGE]),
        "no content": (handled(case, included=5), [MESSAGE]),
        "no time": (handled(case, included=3), [MESSAGE]),
        "nobody named": (handled(case, named=0), [MESSAGE]),
        "another one named": (handled(case, named=READER, removed_from=READER), [MESSAGE]),
        "removed from another record": (handled(case, removed_from=READER), [MESSAGE]),
        "before SAS answered": (early.closed(), [MESSAGE]),
        **{
            f"no {action} behind the step": (handled(case, no_effect=action), [MESSAGE])
            for action in ("escalate_to_sas", "report_incident", "remove_number")
        },
    }
    assert expect("cs-misdirected", table).cases == len(table)


def test_the_number_comes_off_the_record():
    def removed(recorded: int | None) -> Report:
        """The record of CUSTOMER gets a mobile at this instant, or none at all."""
        report = handled(NOBODY, [*ACTIONS[NOBODY][:-1]], closed=False)
        report.next(Event.REPORT_STEP, value=REPORT_ACTIONS["remove_number"])
        report.told(report.time, Event.NUMBER_REMOVED, 0, other=CUSTOMER)
        if recorded is not None:
            report.fact(recorded, Event.MOBILE_RECORDED, CUSTOMER, 1, ref=2)
        return report.closed()

    table = {
        "still there": (removed(None), [MESSAGE]),
        "changed since": (removed(at("2026-10-05 18:00")), []),
        "changed before it was sent": (removed(at("2026-10-05 11:00")), [MESSAGE]),
        "changed afterwards": (removed(NOON + 60 * MINUTE), [MESSAGE]),
    }
    expect("cs-misdirected", table)


@pytest.mark.parametrize(("case", "action"), [(WRONG, "update_details"), (OUT, "record_opt_out")])
def test_steps_that_change_nothing(case, action):
    expect("cs-misdirected", {"nothing changed": (handled(case, no_effect=action), [MESSAGE])})


def test_reports_that_are_still_open():
    def opened(case: str, steps: int, time: int = LAST_DUE + 1) -> Report:
        return handled(case, list(ACTIONS[case][:steps]), closed=False, time=time)

    skipped = handled(ENDED, ["check_number"], closed=False, time=LAST_DUE + 1)
    table = {
        "just come": (opened(ENDED, 0), []),
        "left lying": (opened(ENDED, 0, LAST_DUE), [MESSAGE]),
        "half way": (opened(ENDED, 2), []),
        "half way, and left lying": (opened(ENDED, 2, LAST_DUE - 2 * MINUTE), [MESSAGE]),
        "with a step skipped": (skipped, [MESSAGE]),
        "SAS searches": (opened(NOBODY, 7, NOON), []),
        "all done, and not closed": (opened(ENDED, 5, NOON), []),
    }
    audit = expect("cs-misdirected", table)
    assert (audit.cases, audit.unjudged) == (4, 3)
    assert "has not answered yet" in audit.why_unknown


def test_a_report_of_which_nothing_is_known():
    report = FollowUp()
    report.told(NOON, Event.REPORT_RECEIVED, 0, value=0)
    assert judge_one(report.log(), "cs-misdirected").verdict == "unknown"


def test_one_report_is_one_breach():
    audit = judge_one(without(NOBODY, "ask_name_and_contact", "apologise").log(), "cs-misdirected")
    assert (audit.cases, audit.breaches, audit.enforced_by) == (1, 1, "procedure")
    assert "'ask name and contact' was left out; 'apologise' was left out" in audit.evidence[0].why


def test_a_foreign_log_does_not_tell(tmp_path):
    assert judge_one(read(tmp_path, rows(GOOD)), "cs-misdirected").verdict == "unknown"
