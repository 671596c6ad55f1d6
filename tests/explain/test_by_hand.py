"""What explain says of histories written by hand: facts just before, at and just after the instants that matter."""

from datetime import date

import pytest

from sim.clock import HOUR, MINUTE
from sim.explain import Check, Explanation
from sim.history import Event
from sim.messages import MobileStatus, Reason
from tests.explain.by_hand import ALERT, CUSTOMER, OFFICER, PERTH, SYDNEY, ByHand

MONDAY = "2026-09-28"


def check(told: Explanation, name: str, moment: int = 0) -> Check:
    """The check of this name."""
    (found,) = [one for one in told.moments[moment].checks if one.name == name]
    return found


def said(told: Explanation) -> str:
    """The text without its line breaks."""
    return " ".join(str(told).split())


def earliest(told: Explanation) -> str | None:
    """The earliest instant, as JSON has it."""
    found: str | None = told.to_json()["earliest"]["at"]
    return found


class TestLimit:
    def full(self, messages: int, held: int = 0) -> ByHand:
        made = ByHand()
        for number in range(messages):
            made.sent(f"{MONDAY}T{9 + number:02}:30")
        for number in range(held):
            made.issued(f"{MONDAY}T06:{number:02}", due="2026-09-29T08:00")
        return made

    def test_counters_are_those_of_the_instant(self) -> None:
        made = self.full(5)
        told = made.explain(made.refused(f"{MONDAY}T15:00", Reason.DAILY_LIMIT))
        found = check(told, "daily_limit")
        assert found.passed is False
        assert found.facts == "5 sent today (Mon 28 Sep 2026), 0 waiting, limit 5 (either_day, desktop)"
        assert found.rule == "cs-daily-limit"
        assert told.disagreements == []
        assert earliest(told) == "2026-09-29T08:00:00.000+08:00"

    def test_what_is_held_for_tomorrow_is_told_apart(self) -> None:
        made = self.full(4, held=1)
        message = made.issued(f"{MONDAY}T20:30", due="2026-09-29T08:00")
        found = check(made.explain(message), "daily_limit")
        assert found.facts == (
            "4 sent today (Mon 28 Sep 2026), 1 held for Tue 29 Sep 2026, limit 5 (either_day, desktop)"
        )
        assert (found.saw["sent_today"], found.saw["waiting_for_delivery_day"], found.saw["limit"]) == (4, 1, 5)

    def test_a_refusal_without_cause_is_told(self) -> None:
        made = self.full(4)
        told = made.explain(made.refused(f"{MONDAY}T15:00", Reason.DAILY_LIMIT))
        assert told.disagreements == ["By the policy of this run it is sent; the run recorded refused (daily_limit)"]

    @pytest.mark.parametrize(("limit", "at"), [(2, "2026-09-29T08:00:00.000+08:00"), (0, None)])
    def test_the_limit_of_the_run_decides(self, limit: int, at: str | None) -> None:
        made = self.full(2)
        told = made.explain(made.refused(f"{MONDAY}T15:00", Reason.DAILY_LIMIT), {"cs-daily-limit.limit": limit})
        assert earliest(told) == at
        assert told.disagreements == []
        assert ("never while the daily limit is 0" in said(told)) == (limit == 0)


class TestHour:
    @pytest.mark.parametrize(
        ("sets", "sent_after", "at"),
        [
            ({}, 400, "11:00:00.000"),
            ({"cs-hourly-confirmation.boundary": "inclusive"}, 400, "11:00:00.001"),
            ({"cs-hourly-confirmation.from": "sent"}, 400, "11:00:00.400"),
            ({"cs-hourly-confirmation.minutes": 90}, 400, "11:30:00.000"),
        ],
    )
    def test_it_would_not_ask_from_the_end_of_the_hour(self, sets: dict, sent_after: int, at: str) -> None:
        made = ByHand()
        made.sent(f"{MONDAY}T10:00", sent_after)
        told = made.explain(made.asked(f"{MONDAY}T10:30"), sets)
        assert told.disagreements == []
        assert earliest(told) == f"{MONDAY}T{at}+08:00"
        assert "this one, if the question is answered with Send" in said(told)

    @pytest.mark.parametrize(("at", "asks"), [("10:59:59.999", True), ("11:00:00.000", False), ("11:00:00.001", False)])
    def test_on_and_beside_the_edge(self, at: str, asks: bool) -> None:
        made = ByHand()
        made.sent(f"{MONDAY}T10:00")
        told = made.explain(made.asked(f"{MONDAY}T{at}"))
        assert bool(told.disagreements) != asks
        assert check(told, "hourly_confirmation").passed is not asks

    def test_the_facts_name_the_message_and_the_end(self) -> None:
        made = ByHand()
        first = made.sent(f"{MONDAY}T10:00")
        found = check(made.explain(made.asked(f"{MONDAY}T10:30")), "hourly_confirmation")
        assert found.facts == (
            f"message {first} was issued Mon 28 Sep 2026 10:00 +08:00, 30 min before; it asks until Mon 28 Sep 2026 "
            "11:00 +08:00 (exclusive)"
        )


class TestWindow:
    @pytest.mark.parametrize(
        ("at", "due", "goes"),
        [
            ("06:30", "2026-09-29T08:00", "2026-09-28T08:00:00.000+08:00"),
            ("07:59:59.999", "2026-09-29T08:00", "2026-09-28T08:00:00.000+08:00"),
            ("20:00", "2026-09-29T08:00", "2026-09-29T08:00:00.000+08:00"),
        ],
    )
    def test_a_send_of_the_same_morning_would_go_before_what_is_held(self, at: str, due: str, goes: str) -> None:
        made = ByHand()
        message = made.issued(f"{MONDAY}T{at}", due)
        made.goes(message, due)
        told = made.explain(message)
        assert told.disagreements == []
        assert earliest(told) == goes

    def test_over_the_start_of_daylight_saving(self) -> None:
        made = ByHand(SYDNEY)
        message = made.issued("2026-10-03T21:00", "2026-10-04T08:00")
        made.goes(message, "2026-10-04T08:00")
        told = made.explain(message)
        assert told.disagreements == []
        assert earliest(told) == "2026-10-04T08:00:00.000+11:00"
        assert check(told, "window").facts == (
            "21:00 +10:00 is outside 08:00–20:00; due Sun 4 Oct 2026 08:00 +11:00 (next_day)"
        )

    def test_a_due_instant_an_hour_off_is_told(self) -> None:
        made = ByHand(SYDNEY)
        due = made.time("2026-10-04T08:00") + HOUR  # the offset of the day before
        message = made.issued("2026-10-03T21:00", due)
        made.goes(message, due)
        told = made.explain(message)
        assert told.disagreements == [
            "By the policy of this run it is held until Sun 4 Oct 2026 08:00 +11:00; the run recorded held until "
            "Sun 4 Oct 2026 09:00 +11:00"
        ]


class TestFacts:
    def test_facts_of_the_same_millisecond_come_before_the_test(self) -> None:
        made = ByHand()
        message = made.refused(f"{MONDAY}T10:00", Reason.OPTED_OUT)
        made.fact(f"{MONDAY}T10:00", Event.OPT_OUT_RECORDED)  # recorded after it
        told = made.explain(message)
        assert told.disagreements == []
        assert check(told, "opted_out").facts == "an opt-out on record since Mon 28 Sep 2026 10:00 +08:00"

    def test_a_fact_of_the_next_millisecond_does_not(self) -> None:
        made = ByHand()
        message = made.refused(f"{MONDAY}T10:00", Reason.OPTED_OUT)
        made.fact(made.time(f"{MONDAY}T10:00") + 1, Event.OPT_OUT_RECORDED)
        assert check(made.explain(message), "opted_out").passed is True

    @pytest.mark.parametrize(
        ("lifted", "at"),
        [
            (f"{MONDAY}T13:15:00.007", f"{MONDAY}T13:15:00.007+08:00"),
            (f"{MONDAY}T20:00", "2026-09-29T08:00:00.000+08:00"),
            ("2026-10-11T19:59:59.999", "2026-10-11T19:59:59.999+08:00"),
            (None, None),
        ],
    )
    def test_facts_recorded_later_count(self, lifted: str | None, at: str | None) -> None:
        made = ByHand()
        made.fact("2026-09-25T09:00", Event.OPT_OUT_RECORDED)
        if lifted:
            made.fact(lifted, Event.OPT_OUT_LIFTED)
        told = made.explain(made.refused(f"{MONDAY}T10:00", Reason.OPTED_OUT))
        assert earliest(told) == at
        assert ("never while the opt-out stands" in said(told)) == (lifted is None)

    def test_after_the_run_nothing_changes_but_the_day(self) -> None:
        made = ByHand(end="2026-09-29")
        for number in range(5):
            made.sent(f"{MONDAY}T{9 + number:02}:30")
        told = made.explain(made.refused(f"{MONDAY}T15:00", Reason.DAILY_LIMIT))
        assert earliest(told) == "2026-09-29T08:00:00.000+08:00"
        assert told.to_json()["earliest"]["after_run"] is True

    def test_what_waits_at_the_end_fills_the_next_day(self) -> None:
        made = ByHand(end="2026-09-29")
        for number in range(5):
            made.issued(f"{MONDAY}T06:{10 + number}", due="2026-09-29T08:00")
        told = made.explain(made.refused(f"{MONDAY}T20:15", Reason.DAILY_LIMIT))
        assert told.disagreements == []
        assert earliest(told) == "2026-09-30T08:00:00.000+08:00"

    def test_two_reasons_that_stand_are_both_named(self) -> None:
        made = ByHand()
        made.fact("2026-09-25T09:00", Event.OPT_OUT_RECORDED)
        made.fact("2026-09-26T09:00", Event.MOBILE_RECORDED, MobileStatus.INVALID)
        told = made.explain(made.refused(f"{MONDAY}T10:00", Reason.OPTED_OUT | Reason.INVALID_MOBILE))
        assert "never while the opt-out stands and the mobile is marked Invalid" in said(told)

    def test_a_by_date_that_passes_before_it_may_go(self) -> None:
        made = ByHand()
        for number in range(5):
            made.sent(f"{MONDAY}T{9 + number:02}:30")
        today = date.fromisoformat(MONDAY).toordinal()
        message = made.refused(f"{MONDAY}T15:00", Reason.DAILY_LIMIT, template=108, by_date=today)
        told = made.explain(message)
        assert told.disagreements == []
        assert "never with its By date, Mon 28 Sep 2026, which is past" in said(told)

    def test_a_moved_customer_is_told_in_the_zone_of_the_instant(self) -> None:
        made = ByHand()
        made.fact(f"{MONDAY}T09:00", Event.ZONE_RECORDED, 0)
        told = made.explain(made.sent(f"{MONDAY}T09:00"))
        assert told.to_json()["moments"][0]["at"] == f"{MONDAY}T11:00:00.000+10:00"

    def test_an_officer_without_access(self) -> None:
        made = ByHand()
        told = made.explain(made.refused(f"{MONDAY}T10:00", Reason.NO_ACCESS, officer=9))
        assert check(told, "no_access").facts == "officer 9 has access to neither Cuba nor Pluto"
        assert told.disagreements == []
        assert "never while the officer lacks access" in said(told)


class TestOfHandOver:
    def test_handed_over_before_it_is_due(self) -> None:
        made = ByHand()
        message = made.issued(f"{MONDAY}T20:30", due="2026-09-29T08:00")
        made.goes(message, "2026-09-29T07:59:59.999")
        assert made.explain(message).disagreements == ["It is due Tue 29 Sep 2026 08:00 +08:00 and not before"]

    @pytest.mark.parametrize(("at", "agrees"), [("19:59:59.999", True), ("20:00", False)])
    def test_the_last_millisecond_of_the_window(self, at: str, agrees: bool) -> None:
        made = ByHand()
        message = made.issued(f"{MONDAY}T19:30")
        made.goes(message, f"{MONDAY}T{at}")
        told = made.explain(message)
        assert (told.disagreements == []) == agrees
        if not agrees:
            assert told.disagreements[0].startswith("By the policy of this run it is held again (send_window) until ")

    @pytest.mark.parametrize(("end", "lost"), [("2026-09-29", False), ("2026-09-30", True)])
    def test_a_message_that_is_not_heard_of_again(self, end: str, lost: bool) -> None:
        made = ByHand(end=end)
        told = made.explain(made.issued(f"{MONDAY}T20:30", due="2026-09-29T08:00"))
        assert [one for one in told.disagreements if "is not heard of again" in one] == told.disagreements
        assert bool(told.disagreements) == lost
        assert told.outcome == "held"

    def test_the_life_after_it_is_told_in_order(self) -> None:
        made = ByHand()
        message = made.sent(f"{MONDAY}T10:00")
        made.happens(f"{MONDAY}T10:03", Event.VIEWABLE, message)
        made.happens(f"{MONDAY}T10:40", Event.FAILED, message, value=1)
        made.happens("2026-09-29T04:00", Event.BOUNCED, message)
        told = made.explain(message)
        assert [line.text for line in told.life][-3:] == [
            "viewable in Cuba's Letters List", "failed: unknown subscriber", "a bounce back was created",
        ]  # fmt: skip
        assert told.summary == "sent Mon 28 Sep 2026 10:00:00.400 +08:00"


def test_of_a_template_that_needs_a_field() -> None:
    made = ByHand()
    told = made.explain(made.refused(f"{MONDAY}T10:00", Reason.MISSING_FIELD, template=ALERT))
    assert check(told, "missing_field").facts == "contact time left empty"
    assert told.about == {
        "system": "pluto", "channel": "sms", "template": "S001", "title": "Pre call alert", "customer": CUSTOMER,
        "officer": OFFICER, "ref": None, "timezone": PERTH,
    }  # fmt: skip
    assert "never while a field is left empty" in said(told)


def test_an_outage_at_that_instant_is_told() -> None:
    made = ByHand()
    made.fact(f"{MONDAY}T07:00", Event.OUTAGE_STARTED, customer=0)
    made.fact(made.time(f"{MONDAY}T08:00") + 30 * MINUTE, Event.OUTAGE_ENDED, customer=0)
    told = made.explain(made.issued(f"{MONDAY}T06:30", due="2026-09-29T08:00"))
    assert earliest(told) == f"{MONDAY}T08:00:00.000+08:00"
    assert "the gateway is down then, since Mon 28 Sep 2026 07:00 +08:00: it would wait in the outbox" in said(told)
