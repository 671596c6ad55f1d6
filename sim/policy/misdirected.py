"""Somebody reports a message that was not for them (policy.md D, `cs-misdirected`; EM table 2, steps 6–8).

Scalar and pure: flags in, the ordered actions of the officer out.
"""

from typing import Final, NamedTuple

from sim.messages import ReportAction, ReportCase

EXPLANATION_POINTS: Final = (1, 2, 3, 4)
"""The points that a customer is told who asks why they got an SMS (`cs-explain`; EM table 1 step 1), in order."""

_NOTE = int(ReportAction.NOTE_CONTENT_AND_NUMBER)
_ASK_CONTENT = int(ReportAction.ASK_CONTENT_AND_TIME)
_ASK_NAME = int(ReportAction.ASK_NAME_AND_CONTACT)
_CHECK_NUMBER = int(ReportAction.CHECK_NUMBER)
_UPDATE_DETAILS = int(ReportAction.UPDATE_DETAILS)
_CHECK_SUBSCRIPTION = int(ReportAction.CHECK_SUBSCRIPTION)
_CHECK_CASE_NOTES = int(ReportAction.CHECK_CASE_NOTES)
_APOLOGISE = int(ReportAction.APOLOGISE)
_RECORD_OPT_OUT = int(ReportAction.RECORD_OPT_OUT)
_EXPLAIN_CORRECT_REASON = int(ReportAction.EXPLAIN_CORRECT_REASON)
_ESCALATE = int(ReportAction.ESCALATE_TO_SAS)
_CHECK_REPRESENTATIVE = int(ReportAction.CHECK_REPRESENTATIVE)
_EXPLAIN_PURPOSE = int(ReportAction.EXPLAIN_PURPOSE)
_ADVISE_INVESTIGATION = int(ReportAction.ADVISE_INVESTIGATION)
_REPORT_INCIDENT = int(ReportAction.REPORT_INCIDENT)
_REMOVE_NUMBER = int(ReportAction.REMOVE_NUMBER)


class ReportFacts(NamedTuple):
    """What an officer finds out about a report. Flags; all but the first and the last concern customers alone."""

    is_customer: int  # a current Child Support customer
    number_right: int = 1  # the mobile on the customer's record is right
    subscribed: int = 1  # Reminder and General as the Products and Services window shows them
    relevant: int = 1  # the message is relevant to the customer
    wants_out: int = 0  # the customer wants to unsubscribe
    another_meant: int = 0  # the case notes indicate that a different SMS was intended
    not_theirs: int = 0  # the number is the customer's own, but the message was clearly not intended for them
    representative: int = 0  # not a customer, but a customer's representative


def actions(facts: ReportFacts) -> tuple[int, ...]:
    """All actions (`ReportAction`) that this report asks of the officer, in the order of EM table 2, steps 6–8.

    What follows ESCALATE_TO_SAS is done when the Specialised Assessment Services (SAS) Team has found for whom the
    message was intended. An apology is made once, at the first step that asks for it.
    """
    return (_NOTE, *(_for_customer(facts) if facts.is_customer else _for_others(facts)))


def facts_of_case(case: int) -> ReportFacts:
    """The facts that are found when nothing but `case` (a `ReportCase`) is behind the report.

    Of a wrong number on the record and of an ended subscription the customer has got a message that is not relevant;
    somebody who only wants out has got the right one. Raises ValueError for an unknown case.
    """
    if case == ReportCase.NUMBER_WRONG_ON_RECORD:
        return ReportFacts(is_customer=1, number_right=0, relevant=0)
    if case == ReportCase.NOT_SUBSCRIBED:
        return ReportFacts(is_customer=1, subscribed=0, relevant=0)
    if case == ReportCase.WANTS_OUT:
        return ReportFacts(is_customer=1, wants_out=1)
    if case == ReportCase.ANOTHER_SMS_WAS_MEANT:
        return ReportFacts(is_customer=1, another_meant=1)
    if case == ReportCase.NUMBER_RIGHT_MESSAGE_NOT_THEIRS:
        return ReportFacts(is_customer=1, relevant=0, not_theirs=1)
    if case == ReportCase.REPRESENTATIVE:
        return ReportFacts(is_customer=0, representative=1)
    if case == ReportCase.NO_RELATIONSHIP:
        return ReportFacts(is_customer=0)
    raise ValueError(f"{case} is not a ReportCase")


def _for_customer(facts: ReportFacts) -> tuple[int, ...]:
    """Step 7."""
    done: tuple[int, ...] = (_CHECK_NUMBER,)
    if not facts.number_right:
        done += (_UPDATE_DETAILS,)
    done += (_ASK_CONTENT, _CHECK_SUBSCRIPTION)
    apologised = not facts.subscribed or not facts.relevant
    if apologised:
        done += (_APOLOGISE,)
    if facts.wants_out:
        done += (_RECORD_OPT_OUT,)
    if facts.subscribed:
        done += (_CHECK_CASE_NOTES,)
        if facts.another_meant:
            done += (_EXPLAIN_CORRECT_REASON,) if apologised else (_APOLOGISE, _EXPLAIN_CORRECT_REASON)
    if facts.not_theirs:
        done += (_ESCALATE, _REPORT_INCIDENT, _REMOVE_NUMBER)
    return done


def _for_others(facts: ReportFacts) -> tuple[int, ...]:
    """Step 8. A representative's number stands on the record with good reason, so nothing is escalated [read]."""
    asked = (_ASK_NAME, _ASK_CONTENT, _CHECK_REPRESENTATIVE)
    if facts.representative:
        return (*asked, _EXPLAIN_PURPOSE)
    return (*asked, _APOLOGISE, _ADVISE_INVESTIGATION, _ESCALATE, _REPORT_INCIDENT, _REMOVE_NUMBER)
