"""What officers do: those who skip no step follow the procedure, step by step, and those who skip every step do not.

Read from the histories of small runs, without the audit and without the world's own code.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable

import pytest

from sim.clock import HOUR, MINUTE
from sim.history import Event, History, content_code
from sim.messages import MobileStatus, ProcessKind, System, unpack_fields
from sim.policy.policy import load_policy
from tests.world.loads import BUSY, Row, by_message, load, run

FLAWLESS = {
    "behaviour.step_skipped": 0.0,
    "behaviour.field_slip": 0.0,
    "behaviour.channel_slip": 0.0,
    "behaviour.tries_without_access": 0.0,
    "behaviour.tries_despite_bar": 0.0,
    "behaviour.call_despite_hold": 0.0,
    "behaviour.alert_outside_window": 0.0,
    # Nobody reports a message or asks about one: that has a procedure of its own.
    "misdirected.strangers_report_share": 0.0,
    "misdirected.own_report_share": 0.0,
    "misdirected.asks_why_share": 0.0,
    "misdirected.wrong_customer_share": 0.0,
}
TEMPLATES = load_policy().templates
ALERT, NEXT_HOUR = 1, 1


def flawless(**changes: object) -> History:
    """A busy run whose officers make no mistakes."""
    given = {**BUSY, "work.busy_day_share": 0.0, "population.fdv_indicator": 0.3, "population.never_contacted": 0.3,
             "staff.officers": 60, **FLAWLESS, **changes}  # fmt: skip
    return run(load(parameters=given, faults=()))


@pytest.fixture(scope="module")
def history() -> History:
    """The flawless run."""
    return flawless()


def items(history: History) -> dict[int, list[Row]]:
    """What officers did, by work item."""
    found: dict[int, list[Row]] = defaultdict(list)
    for row in history.select():
        if row["ref"] and row["officer"]:
            found[row["ref"]].append(row)
    return found


def desktop_issues(history: History) -> list[Row]:
    """The messages that officers issued."""
    return [row for row in history.select(Event.ISSUED) if row["system"] == System.PLUTO]


def before(rows: Iterable[Row], issue: Row, event: Event) -> list[Row]:
    """What of this kind was done on the item up to the issue."""
    return [row for row in rows if row["event"] == event and row["time"] <= issue["time"]]


BEFORE_EACH_MESSAGE = [Event.SUBSCRIPTION_CHECKED, Event.LIST_VIEWED, Event.CASE_HISTORY_VIEWED]
OF_EACH_MESSAGE = [Event.DIALOG_OPENED, Event.DETAILS_CHECKED, Event.PREVIEWED, Event.SEND_PRESSED]


def test_lists_and_history_are_looked_at_before_a_message(history: History) -> None:
    done, issues = items(history), desktop_issues(history)
    assert len(issues) > 150
    for issue in issues:
        for event in BEFORE_EACH_MESSAGE:
            assert before(done[issue["ref"]], issue, event), f"message {issue['message']} without {event.name}"


def test_every_message_is_checked_and_previewed(history: History) -> None:
    lives = by_message(history)
    for issue in desktop_issues(history):
        events = [row["event"] for row in lives[issue["message"]]]
        places = [events.index(event) for event in OF_EACH_MESSAGE]
        assert places == sorted(places)


def test_prior_actions_come_first(history: History) -> None:
    done, seen = items(history), 0
    for issue in desktop_issues(history):
        names = TEMPLATES[issue["template"]].prior_actions
        actions = [row["value"] for row in before(done[issue["ref"]], issue, Event.PRIOR_ACTION_DONE)
                   if row["template"] == issue["template"]]  # fmt: skip
        assert sorted(set(actions)) == list(range(1, len(names) + 1))
        seen += len(names) > 1
    assert seen > 0


def test_templates_fit_the_work(history: History) -> None:
    kinds = {row["ref"]: row["value"] for row in history.select(Event.WORK_ARRIVED)}
    for issue in desktop_issues(history):
        template, kind = TEMPLATES[issue["template"]], kinds[issue["ref"]]
        assert template.desktop
        # S002 is for objections and S001 for all other calls.
        if template.precall:
            assert (template.id == "S002") == (kind == ProcessKind.OBJECTION)
        elif template.group != "Request for contact":
            assert (template.group == "Payment information") == (kind == ProcessKind.PAYMENT)


def test_the_notepad_is_reviewed_where_concerns_show(history: History) -> None:
    marked = {row["customer"] for row in history.select(Event.FDV_INDICATOR_SET)}
    done, seen = items(history), 0
    for issue in desktop_issues(history):
        if issue["customer"] in marked:
            assert before(done[issue["ref"]], issue, Event.NOTEPAD_REVIEWED)
            seen += 1
    assert seen > 20


def test_no_message_to_the_other_party_while_concerns_are_undiscussed() -> None:
    history = flawless(**{"population.fdv_raised_by_payee": 0.9, "work.change_of_care_per_year": 12.0})
    applicants: dict[int, tuple[int, int]] = {}
    barred: Counter[int] = Counter()
    open_bars: set[int] = set()
    issued_to_others = 0
    events = (Event.PROCESS_OPENED, Event.PROCESS_CLOSED, Event.FDV_RAISED, Event.FDV_DISCUSSED, Event.ISSUED)
    for row in history.select(*events):
        ref, event = row["ref"], row["event"]
        if event == Event.PROCESS_OPENED:
            applicants[ref] = (row["customer"], row["other"])
        elif event == Event.FDV_RAISED and row["customer"] == applicants[ref][0] and ref not in open_bars:
            open_bars.add(ref)
            barred[applicants[ref][1]] += 1
        elif event in (Event.FDV_DISCUSSED, Event.PROCESS_CLOSED) and ref in open_bars:
            open_bars.discard(ref)
            barred[applicants[ref][1]] -= 1
        elif event == Event.ISSUED and row["system"] == System.PLUTO:
            assert not barred[row["customer"]], f"message {row['message']}"
            issued_to_others += row["customer"] in barred
    assert issued_to_others > 5
    assert len(list(history.select(Event.FDV_DISCUSSED))) > 5


def test_who_never_contacted_us_is_phoned_first(history: History) -> None:
    new = {row["customer"] for row in history.select(Event.NEVER_CONTACTED)}
    numbers = {row["customer"]: row["value"] for row in history.select(Event.NUMBERS_RECORDED)}
    attempts: Counter[int] = Counter()
    seen = 0
    for row in history.select(Event.CALL_ATTEMPTED, Event.ISSUED, Event.CUSTOMER_CONTACTED_US):
        customer = row["customer"]
        if row["event"] == Event.CALL_ATTEMPTED:
            attempts[customer] += 1
        elif row["event"] == Event.CUSTOMER_CONTACTED_US:
            new.discard(customer)
        elif row["system"] == System.PLUTO and customer in new:
            assert attempts[customer] >= numbers[customer], f"message {row['message']}"
            seen += 1
    assert seen > 10


def test_specialised_areas_are_asked_for_their_instructions_before_any_contact() -> None:
    history = flawless(**{"population.area_objections": 0.5, "work.busy_day_share": 0.03})
    areas = {row["customer"] for row in history.select(Event.AREA_RECORDED)}
    checked: set[tuple[int, int]] = set()
    seen = 0
    for row in history.select(Event.AREA_INSTRUCTIONS_CHECKED, Event.CALL_ATTEMPTED, Event.SEND_PRESSED):
        key = (row["customer"], row["ref"])
        if row["event"] == Event.AREA_INSTRUCTIONS_CHECKED:
            checked.add(key)
        elif row["officer"] and row["customer"] in areas:
            assert key in checked
            seen += 1
    assert seen > 100


@pytest.mark.parametrize(("skipped", "again"), [(0.0, False), (1.0, True)])
def test_what_is_not_yet_in_cubas_list_is_not_sent_again(skipped: float, again: bool) -> None:
    history = flawless(**{"behaviour.step_skipped": skipped, "work.busy_day_share": 0.2})
    opened = {row["message"]: row["time"] for row in history.select(Event.DIALOG_OPENED)}
    waiting: dict[tuple[int, int], int] = {}
    repeated = 0
    for row in history.select(Event.ISSUED, Event.VIEWABLE, Event.WITHDRAWN):
        key = (row["customer"], row["template"])
        if row["event"] != Event.ISSUED:
            waiting.pop(key, None)
        elif row["system"] == System.PLUTO:
            # Two officers may be at it at the same time: the list is looked at before the dialog is opened.
            repeated += key in waiting and waiting[key] < opened[row["message"]] - 30 * MINUTE
            waiting[key] = row["time"]
    assert (repeated > 0) == again


def test_promised_calls_are_made_in_time() -> None:
    history = flawless(**{"behaviour.precall_share": 0.9, "behaviour.next_hour_share": 1.0})
    sent = {row["message"]: row["time"] for row in history.select(Event.ACKNOWLEDGED)}
    called: dict[int, int] = {}
    for row in history.select(Event.CALL_ATTEMPTED):
        called.setdefault(row["message"], row["time"])
    delays = [
        called[row["message"]] - sent[row["message"]]
        for row in desktop_issues(history)
        if row["template"] == ALERT and row["message"] in called
    ]
    assert len(delays) > 60
    assert min(delays) >= 10 * MINUTE
    assert sum(delay <= HOUR for delay in delays) / len(delays) > 0.97
    assert sum(delay <= 25 * MINUTE for delay in delays) / len(delays) > 0.5
    # What the SMS says is what was chosen.
    for row in history.select(Event.SEND_PRESSED):
        if row["template"] == ALERT:
            assert unpack_fields(row["value"])[0] == NEXT_HOUR


def test_calls_that_cannot_be_made_are_handed_on(history: History) -> None:
    # Few officers and much work: some are busy when their call is due, or have gone home.
    crowded = flawless(**{"staff.officers": 12, "behaviour.precall_share": 0.9, "behaviour.alert_outside_window": 1.0})
    handed = {row["message"]: row for row in crowded.select(Event.HANDED_TO_TEAM_LEADER)}
    reassigned = list(crowded.select(Event.REASSIGNED))
    assert len(handed) > 5
    assert reassigned
    alerts = {row["message"]: row["officer"] for row in desktop_issues(crowded) if TEMPLATES[row["template"]].precall}
    for row in reassigned:
        assert row["message"] in handed
        assert row["message"] in alerts
    assert any(row["officer"] != alerts[row["message"]] for row in reassigned)


def test_the_question_is_asked_with_its_words_and_answered(history: History) -> None:
    policy = load_policy()
    words = content_code("", str(policy.value("cs-hourly-confirmation.text")))
    shown = {(row["message"], row["value"]) for row in history.select(Event.INFO_SHOWN)}
    asked = [row["message"] for row in history.select(Event.CONFIRMATION_ASKED)]
    answered = [row["message"] for row in history.select(Event.CONFIRMED, Event.CANCELLED)]
    assert len(asked) > 10
    assert all((message, words) in shown for message in asked)
    assert sorted(asked) == sorted(answered)


def test_bounce_backs_are_followed_up() -> None:
    history = flawless(**{"behaviour.changes_number_per_year": 20.0, "behaviour.tells_new_number": 0.3})
    arrived = {row["message"]: row["time"] for row in history.select(Event.WORK_ARRIVED) if row["message"]}
    for row in history.select(Event.BOUNCED):
        assert arrived[row["message"]] == row["time"]
    checks = [row for row in history.select(Event.NUMBER_CHECKED) if row["value"] == 2]
    ticked = {(row["customer"], row["time"]) for row in history.select(Event.INVALID_TICKED)}
    assert len(ticked) > 5
    invalid = {
        (row["customer"], row["time"])
        for row in history.select(Event.MOBILE_RECORDED)
        if row["value"] == MobileStatus.INVALID
    }
    assert ticked <= invalid
    # A number that does not work is ticked once; later checks find it ticked.
    assert {customer for customer, _ in ticked} <= {row["customer"] for row in checks}


def test_who_cannot_be_reached_gets_a_letter_after_a_round_of_calls(history: History) -> None:
    numbers = {row["customer"]: row["value"] for row in history.select(Event.NUMBERS_RECORDED)}
    done, letters = items(history), 0
    for rows in done.values():
        for letter in (row for row in rows if row["event"] == Event.LETTER_SENT):
            calls = [
                row["value"]
                for row in before(rows, letter, Event.CALL_ATTEMPTED)
                if row["customer"] == letter["customer"]
            ]
            assert set(calls) == set(range(1, numbers[letter["customer"]] + 1))
            letters += 1
    assert letters > 20


def test_service_support_officers_answer_or_are_given_up(history: History) -> None:
    asked = {row["ref"]: row["time"] for row in history.select(Event.CONSULTED)}
    answered = {row["ref"]: row["time"] for row in history.select(Event.CONSULT_ANSWERED)}
    assert len(answered) > 5
    assert set(answered) <= set(asked)
    assert all(answered[ref] > asked[ref] for ref in answered)
    assert min(row["officer"] for row in history.select(Event.CONSULT_ANSWERED)) > 1_000


STEPS = [
    Event.SUBSCRIPTION_CHECKED, Event.NOTEPAD_REVIEWED, Event.AREA_INSTRUCTIONS_CHECKED, Event.LIST_VIEWED,
    Event.CASE_HISTORY_VIEWED, Event.DETAILS_CHECKED, Event.PREVIEWED, Event.PRIOR_ACTION_DONE,
    Event.ALTERNATIVE_CONSIDERED, Event.HANDED_TO_TEAM_LEADER, Event.INVALID_TICKED,
]  # fmt: skip


def test_steps_are_skipped_as_often_as_the_parameter_says() -> None:
    never = flawless(**{"behaviour.step_skipped": 1.0})
    # The follow-up to a bounce-back begins with the check that it is about, which nobody leaves out.
    follow_ups = {
        row["ref"] for row in never.select(Event.WORK_ARRIVED) if row["value"] == ProcessKind.BOUNCE_BACK_FOLLOW_UP
    }
    found = {row["event"] for row in never.select() if row["ref"] not in follow_ups}
    assert not found & set(STEPS)
    assert len(desktop_issues(never)) > 100
    half = flawless(**{"behaviour.step_skipped": 0.5})
    dialogs = [row for row in half.select(Event.SEND_PRESSED) if row["officer"]]
    previewed = len(list(half.select(Event.PREVIEWED)))
    # A binomial share of 0.5 within four standard errors (those who may not open the preview are few).
    assert abs(previewed / len(dialogs) - 0.5) < 4 * 0.5 / len(dialogs) ** 0.5 + 0.02
