"""cs-preview against hand-written histories."""

import pytest

from sim.audit.codes import Event
from tests.audit.builder import DOCUMENTS_RECEIVED, MINUTE, PLEASE_CALL, offenders
from tests.audit.procedures import NOON, Procedures, counts

PREVIEWS = [
    ("of this message", [(NOON - 1, 1, DOCUMENTS_RECEIVED)], ""),
    ("of this message, template not recorded", [(NOON - 1, 1, 0)], ""),
    ("none", [], "without a preview"),
    ("after the press", [(NOON + 1, 1, DOCUMENTS_RECEIVED)], "without a preview"),
    ("of another message", [(NOON - 1, 2, DOCUMENTS_RECEIVED)], "without a preview"),
    ("of no message", [(NOON - 1, 0, DOCUMENTS_RECEIVED)], "without a preview"),
    ("of another template", [(NOON - 1, 1, PLEASE_CALL)], "another template"),
    ("of both", [(NOON - 2, 1, PLEASE_CALL), (NOON - 1, 1, DOCUMENTS_RECEIVED)], ""),
]


@pytest.mark.parametrize(("what", "previews", "lacking"), PREVIEWS, ids=[row[0] for row in PREVIEWS])
def test_the_message_itself_is_previewed(what: str, previews: list[tuple[int, int, int]], lacking: str) -> None:
    history = Procedures()
    history.item(NOON - 10 * MINUTE)
    for time, message, template in previews:
        history.step(Event.PREVIEWED, time, message=message, template=template)
    history.sms(1)
    audit = history.rule("cs-preview")
    assert counts(audit) == (1, int(bool(lacking)), 0), what
    assert offenders(audit) == [1] * bool(lacking)
    assert all(lacking in breach.why for breach in audit.evidence)


def test_a_preview_is_found_by_its_message_and_needs_no_work_item() -> None:
    history = Procedures()
    history.step(Event.PREVIEWED, NOON - 1, ref=0, message=1, template=DOCUMENTS_RECEIVED)
    history.sms(1, ref=0)
    history.sms(2, NOON + MINUTE, ref=0)
    assert offenders(history.rule("cs-preview")) == [2]
