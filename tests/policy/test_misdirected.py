"""`cs-misdirected`: every branch of EM table 2, steps 6 to 8, with its actions in their order."""

from itertools import product

import pytest

from sim.messages import ReportAction, ReportCase
from sim.policy.misdirected import EXPLANATION_POINTS, ReportFacts, actions, facts_of_case
from sim.policy.policy import load_policy

START = ["note_content_and_number"]
CUSTOMER = [*START, "check_number", "ask_content_and_time", "check_subscription"]
WRONG_NUMBER = [*START, "check_number", "update_details", "ask_content_and_time", "check_subscription"]
OTHERS = [*START, "ask_name_and_contact", "ask_content_and_time", "check_representative"]
SAS = ["escalate_to_sas", "report_incident", "remove_number"]

# What differs from a subscribed customer with the right number and a relevant message; the actions in their order.
BRANCHES: list[tuple[dict[str, int], list[str]]] = [
    # Nothing is behind it.
    ({}, [*CUSTOMER, "check_case_notes"]),
    # The number on the record is wrong.
    ({"number_right": 0}, [*WRONG_NUMBER, "check_case_notes"]),
    ({"number_right": 0, "relevant": 0}, [*WRONG_NUMBER, "apologise", "check_case_notes"]),
    # Not subscribed, or not relevant.
    ({"subscribed": 0}, [*CUSTOMER, "apologise"]),
    ({"relevant": 0}, [*CUSTOMER, "apologise", "check_case_notes"]),
    ({"subscribed": 0, "relevant": 0}, [*CUSTOMER, "apologise"]),
    # Wants out.
    ({"wants_out": 1}, [*CUSTOMER, "record_opt_out", "check_case_notes"]),
    ({"wants_out": 1, "relevant": 0}, [*CUSTOMER, "apologise", "record_opt_out", "check_case_notes"]),
    ({"wants_out": 1, "subscribed": 0}, [*CUSTOMER, "apologise", "record_opt_out"]),
    # Another SMS was meant: only of somebody who is subscribed.
    ({"another_meant": 1}, [*CUSTOMER, "check_case_notes", "apologise", "explain_correct_reason"]),
    ({"another_meant": 1, "relevant": 0}, [*CUSTOMER, "apologise", "check_case_notes", "explain_correct_reason"]),
    ({"another_meant": 1, "subscribed": 0}, [*CUSTOMER, "apologise"]),
    ({"another_meant": 1, "wants_out": 1},
     [*CUSTOMER, "record_opt_out", "check_case_notes", "apologise", "explain_correct_reason"]),
    # The number is theirs and the message is not.
    ({"not_theirs": 1, "relevant": 0}, [*CUSTOMER, "apologise", "check_case_notes", *SAS]),
    ({"not_theirs": 1}, [*CUSTOMER, "check_case_notes", *SAS]),
    ({"not_theirs": 1, "relevant": 0, "wants_out": 1, "number_right": 0},
     [*WRONG_NUMBER, "apologise", "record_opt_out", "check_case_notes", *SAS]),
    ({"not_theirs": 1, "subscribed": 0, "relevant": 0}, [*CUSTOMER, "apologise", *SAS]),
    # A representative counts for nothing with a customer.
    ({"representative": 1}, [*CUSTOMER, "check_case_notes"]),
    # Not a customer.
    ({"is_customer": 0, "representative": 1}, [*OTHERS, "explain_purpose"]),
    ({"is_customer": 0}, [*OTHERS, "apologise", "advise_investigation", *SAS]),
    # What a customer's record says is nothing to somebody who has none.
    ({"is_customer": 0, "number_right": 0, "subscribed": 0, "relevant": 0, "wants_out": 1, "another_meant": 1,
      "not_theirs": 1}, [*OTHERS, "apologise", "advise_investigation", *SAS]),
]  # fmt: skip

# What is behind a report when nothing else is.
CASES = [
    (ReportCase.NUMBER_WRONG_ON_RECORD, [*WRONG_NUMBER, "apologise", "check_case_notes"]),
    (ReportCase.NOT_SUBSCRIBED, [*CUSTOMER, "apologise"]),
    (ReportCase.WANTS_OUT, [*CUSTOMER, "record_opt_out", "check_case_notes"]),
    (ReportCase.ANOTHER_SMS_WAS_MEANT, [*CUSTOMER, "check_case_notes", "apologise", "explain_correct_reason"]),
    (ReportCase.NUMBER_RIGHT_MESSAGE_NOT_THEIRS, [*CUSTOMER, "apologise", "check_case_notes", *SAS]),
    (ReportCase.REPRESENTATIVE, [*OTHERS, "explain_purpose"]),
    (ReportCase.NO_RELATIONSHIP, [*OTHERS, "apologise", "advise_investigation", *SAS]),
]


def names(done: tuple[int, ...]) -> list[str]:
    return [ReportAction(action).name.lower() for action in done]


@pytest.mark.parametrize(("facts", "expected"), BRANCHES)
def test_actions_of_a_branch(facts: dict[str, int], expected: list[str]) -> None:
    assert names(actions(ReportFacts(**{"is_customer": 1, **facts}))) == expected


@pytest.mark.parametrize(("case", "expected"), CASES)
def test_actions_of_a_case(case: ReportCase, expected: list[str]) -> None:
    assert names(actions(facts_of_case(case))) == expected


def test_every_case_has_its_facts_and_no_other_has() -> None:
    assert [case for case, _ in CASES] == list(ReportCase)
    for unknown in (0, 8):
        with pytest.raises(ValueError, match="is not a ReportCase"):
            facts_of_case(unknown)


def test_what_holds_whatever_the_facts() -> None:
    for facts in (ReportFacts(*flags) for flags in product((0, 1), repeat=8)):
        done = names(actions(facts))
        assert len(set(done)) == len(done), facts
        assert done[0] == "note_content_and_number"
        # Whoever is escalated has told content and time, and the SAS Team's tasks follow, nothing else.
        escalated = facts.not_theirs if facts.is_customer else not facts.representative
        assert (done[-3:] == SAS) == bool(escalated), facts
        assert len({*done} & {*SAS}) in (0, 3)
        assert "ask_content_and_time" in done
        assert ("record_opt_out" in done) == bool(facts.is_customer and facts.wants_out), facts
        assert ("update_details" in done) == bool(facts.is_customer and not facts.number_right), facts


def test_the_points_of_an_explanation_are_the_policys() -> None:
    assert len(EXPLANATION_POINTS) == len(load_policy().value("cs-explain.points"))
    assert EXPLANATION_POINTS == (1, 2, 3, 4)
