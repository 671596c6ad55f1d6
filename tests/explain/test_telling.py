"""An explanation as text, as HTML and as JSON: every check is in it, and a narrow terminal can show it."""

import json
from functools import cache

import pytest

from sim.explain import Explanation
from sim.explain.telling import plain_text, shortened
from tests.explain.runs import crowded, explained, indebted


@cache
def some() -> list[Explanation]:
    """One message of each outcome of each system, and some suppressed ones."""
    found = {(one.about["system"], one.outcome): one for one in explained("as it is")}
    run = indebted("as it is")
    table = run.messages_table
    ids = table.loc[table["outcome"] == "suppressed", "message_id"].tolist()[::9]
    return [*found.values(), *(run.explain(message) for message in ids)]


@pytest.mark.parametrize("width", [80, 100, 160])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    for told in some():
        lines = plain_text(told, width).split("\n")
        assert max(len(line) for line in lines) <= width
        assert not any(line.endswith(" ") for line in lines)


def test_every_check_of_the_first_moment_is_shown_in_order() -> None:
    for told in some():
        text = plain_text(told, 160)
        marks = {True: "passed", False: "FAILED", None: "-"}
        places = [text.find(f"  {marks[one.passed]:<6}  {one.name} ") for one in told.moments[0].checks]
        assert places[0] > 0
        assert places == sorted(places)


def test_tests_of_the_recipient_that_passed_stand_in_one_line_later() -> None:
    told = next(one for one in some() if one.outcome == "sent" and one.about["system"] == "pluto")
    hand_over = told.moments[-1]
    names = [check.name for check in shortened(hand_over.checks)]
    assert names == ["window", "recipient", "daily_limit"]
    failed = [check._replace(passed=check.name != "opted_out") for check in hand_over.checks]
    assert shortened(failed) == failed


def test_html_holds_the_same_and_is_escaped() -> None:
    for told in some():
        page = told._repr_html_()
        assert page.startswith(f"<h3>Message {told.message}: ")
        assert all(f">{check.name}<" in page for moment in told.moments for check in moment.checks)
        assert page.count("<table>") == page.count("</table>") == len(told.moments)
    told = some()[0]
    spoilt = type(told)(**{**vars(told), "notes": ("<b>",)})
    assert "<p>&lt;b&gt;.</p>" in spoilt._repr_html_()


def test_json_has_stable_keys_and_local_times_with_their_offset() -> None:
    for told in some():
        data = json.loads(json.dumps(told.to_json(), allow_nan=False))
        assert list(data) == [
            "message", "about", "outcome", "summary", "agrees", "disagreements", "earliest", "moments", "life", "notes",
        ]  # fmt: skip
        for moment in data["moments"]:
            assert list(moment) == [
                "what", "title", "at", "checks", "decided", "recorded", "agrees", "disagreement", "earliest",
            ]  # fmt: skip
            assert moment["at"][-6] in "+-"
            for check in moment["checks"]:
                assert list(check) == ["name", "rule", "passed", "saw", "facts"]
            assert list(moment["decided"]) == ["outcome", "reasons", "due", "winner"]
        if data["earliest"] is not None:
            assert list(data["earliest"]) == ["at", "due", "run", "after_run", "never", "if_confirmed", "note"]
            assert (data["earliest"]["at"] is None) == (data["earliest"]["never"] is not None)


def test_what_a_picked_debt_message_won_against() -> None:
    run = indebted("as it is")
    table = run.messages_table
    lost = table[(table["outcome"] == "suppressed") & (table["reasons"] == "hierarchy")].iloc[0]
    told = run.explain(int(lost["message_id"]))
    assert told.summary.startswith("lost to ")
    assert told.summary.endswith("; hierarchy")
    night = told.moments[0]
    same = table[(table["customer_id"] == lost["customer_id"]) & (table["issued_at"] == lost["issued_at"])]
    winner = same[same["template"] == lost["winner"]]
    if len(winner) and winner.iloc[0]["outcome"] == "sent":
        won = run.explain(int(winner.iloc[0]["message_id"]))
        assert any("lost: hierarchy, to " in note for note in won.notes)
    check = next(one for one in night.checks if one.name == "hierarchy")
    assert check.passed is False
    assert check.saw["picked"] == lost["winner"]


def test_a_gap_says_until_when() -> None:
    run = indebted("as it is")
    table = run.messages_table
    lost = table[(table["outcome"] == "suppressed") & (table["reasons"] == "gap")].iloc[0]
    told = run.explain(int(lost["message_id"]))
    names = {template.id: template.title for template in run.explainer.law.templates.values()}
    assert told.summary.startswith(f"lost to {names[lost['winner']]}; gap until ")
    night = lost["issued_at"].tz_convert("Australia/Sydney").date().isoformat()
    by_name = run.explain(f"{lost['customer_id']}/{lost['template']}/{night}")
    assert (by_name.summary, by_name.moments) == (told.summary, told.moments)


def test_the_same_message_is_explained_alike_twice() -> None:
    run = crowded("as it is")
    for told in explained("as it is")[::50]:
        assert run.explain(told.message) == told
