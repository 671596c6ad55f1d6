"""cs-prior-actions against hand-written histories. DOCUMENTS_RECEIVED names two prior actions, PLEASE_CALL none."""

import pytest

from sim.audit.codes import Event
from tests.audit.builder import DOCUMENTS_RECEIVED, MINUTE, PLEASE_CALL, offenders
from tests.audit.procedures import NOON, Procedures, counts

DONE = [
    ("both", [(1, DOCUMENTS_RECEIVED, NOON - 2), (2, DOCUMENTS_RECEIVED, NOON - 1)], ""),
    ("the second first", [(2, DOCUMENTS_RECEIVED, NOON - 2), (1, DOCUMENTS_RECEIVED, NOON - 1)], ""),
    ("none", [], "record the documents"),
    ("the first only", [(1, DOCUMENTS_RECEIVED, NOON - 1)], "check that they are complete"),
    ("the second only", [(2, DOCUMENTS_RECEIVED, NOON - 1)], "record the documents"),
    ("the first twice", [(1, DOCUMENTS_RECEIVED, NOON - 2), (1, DOCUMENTS_RECEIVED, NOON - 1)], "check that they"),
    ("those of another template", [(1, PLEASE_CALL, NOON - 2), (2, PLEASE_CALL, NOON - 1)], "record the documents"),
    ("the second too late", [(1, DOCUMENTS_RECEIVED, NOON - 1), (2, DOCUMENTS_RECEIVED, NOON + 1)], "check that"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "done", "lacking"), DONE, ids=[row[0] for row in DONE])
def test_every_prior_action_of_the_template_is_done_first(
    what: str, done: list[tuple[int, int, int]], lacking: str
) -> None:
    history = Procedures()
    history.item(NOON - 10 * MINUTE)
    for number, template, time in done:
        history.step(Event.PRIOR_ACTION_DONE, time, value=number, template=template)
    history.sms(1)
    audit = history.rule("cs-prior-actions")
    assert counts(audit) == (1, int(bool(lacking)), 0), what
    assert offenders(audit) == [1] * bool(lacking)
    assert all(lacking in breach.why for breach in audit.evidence)


def test_a_template_without_prior_actions_is_no_case() -> None:
    history = Procedures()
    history.item(NOON - 10 * MINUTE)
    history.sms(1, template=PLEASE_CALL)
    assert history.rule("cs-prior-actions").verdict == "not_exercised"
