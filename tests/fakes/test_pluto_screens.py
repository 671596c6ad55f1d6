"""What Pluto shows an officer: the dialog, the preview, the Outbound Correspondence list, the Customer Summary."""

import re
from datetime import date

import pytest

from fakes.people import FICTION_MOBILES, NO_MOBILE_TEXT, OVERSEAS_TEXT, ReservedOutcome
from sim.clock import DAY, HOUR, MINUTE, instant
from sim.messages import ContactTime, EmailStatus, MobileStatus, Reason, System
from tests.fakes.builder import ALERT, AUTOMATIC_NOTICE, PLAIN, REMINDER, Bench

MORNING = "2026-10-06T10:00:00.000+11:00"
TODAY = date(2026, 10, 6).toordinal()
PLAIN_TEXT = "We have received your payment. You do not need to do anything. Do not reply by SMS."
NOTICE_TEXT = "A new letter about child support is in your online account. Do not reply by SMS."
RED = "Customer has an SMS opt out recorded"
LIMIT = "This customer has already received 5 desktop messages today"
QUESTION = (
    "A desktop message has already been sent to this customer in the last hour. "
    "Are you sure you want to send another one?"
)


def bench_with(**facts: object) -> Bench:
    """One customer in Sydney, on a morning."""
    bench = Bench(MORNING)
    bench.customer(**facts)
    return bench


# The dialog


def test_the_dialog_of_a_new_customer() -> None:
    bench = bench_with()
    view = bench.pluto.open_dialog(bench.request(), bench.now)
    assert (view.preview_enabled, view.send_enabled, view.red_text, view.reasons) == (True, True, "", 0)
    assert view.last_message == ""
    assert view.mobile in FICTION_MOBILES
    assert re.fullmatch(r"\S+ \S.*", view.name)
    assert list(view.groups) == ["Request for contact", "Payment information", "Provide/request information"]
    assert view.groups["Request for contact"][:2] == ["S001", "S002"]
    # What Cuba sends by itself is not an officer's to choose.
    assert not [name for names in view.groups.values() for name in names if name.startswith("automatic")]
    assert all(len(names) >= 2 for names in view.groups.values())
    assert bench.told == []
    assert bench.ledger.of(1) == []


@pytest.mark.parametrize(
    ("template", "contact_times", "by_date"),
    [
        (PLAIN, (), False),
        (ALERT, ("In the next hour", "Today"), False),
        (2, (), False),
        (REMINDER, (), True),
        (999, (), False),
    ],
)
def test_the_fields_that_the_type_asks_for(template: int, contact_times: tuple[str, ...], by_date: bool) -> None:
    bench = bench_with()
    view = bench.pluto.open_dialog(bench.request(template=template), bench.now)
    assert (view.contact_times, view.asks_by_date) == (contact_times, by_date)


@pytest.mark.parametrize(
    ("facts", "asked", "enabled", "red"),
    [
        ({"opted_out": 1}, {}, False, RED),
        # The red text shows whatever else is wrong.
        ({"opted_out": 1, "deceased": 1, "mobile": MobileStatus.NONE}, {"template": 999}, False, RED),
        ({"opted_out": 1}, {"access": 0}, False, RED),
        ({}, {"access": 0}, False, ""),
        ({"mobile": MobileStatus.INVALID}, {}, True, ""),
    ],
)
def test_buttons_and_red_text(facts: dict[str, int], asked: dict[str, int], enabled: bool, red: str) -> None:
    bench = bench_with(**facts)
    view = bench.pluto.open_dialog(bench.request(**asked), bench.now)
    assert (view.preview_enabled, view.send_enabled, view.red_text) == (enabled, enabled, red)
    assert view.reasons == bench.send(**asked).reasons != 0


def test_lifting_the_opt_out_enables_the_buttons() -> None:
    bench = bench_with(opted_out=1)
    bench.cuba.lift_opt_out(1, 7, bench.now)
    view = bench.pluto.open_dialog(bench.request(), bench.now)
    assert (view.send_enabled, view.red_text) == (True, "")


def test_the_words_that_a_refusal_shows() -> None:
    pluto = bench_with().pluto
    assert pluto.message_shown(Reason.OPTED_OUT) == RED
    assert pluto.message_shown(Reason.NO_ACCESS | Reason.OPTED_OUT | Reason.DAILY_LIMIT) == RED
    assert pluto.message_shown(Reason.DAILY_LIMIT | Reason.NO_MOBILE) == LIMIT
    assert pluto.message_shown(Reason.NO_MOBILE) == ""
    assert pluto.confirmation_text == QUESTION


def test_last_message_sent_is_the_latest_that_was_sent() -> None:
    bench = bench_with()

    def last() -> str:
        return bench.pluto.open_dialog(bench.request(), bench.now).last_message

    bench.send()
    assert last() == "", "issued and not sent yet"
    bench.later(MINUTE)
    assert last() == PLAIN_TEXT
    bench.send(1, AUTOMATIC_NOTICE, System.CUBA)
    bench.later(MINUTE)
    assert last() == NOTICE_TEXT
    # Held: the last one sent is still the one before. Withdrawn: it never will be.
    bench.until("2026-10-06T21:00:00+11:00")
    bench.send(confirmed=1)
    assert last() == NOTICE_TEXT
    bench.cuba.record_opt_out(1, 7, bench.now)
    bench.later(DAY)
    assert last() == NOTICE_TEXT


def test_the_last_message_sent_is_not_the_last_one_issued() -> None:
    bench = bench_with()
    bench.now = instant("2026-10-06T21:00:00+11:00")
    bench.send()
    bench.moves(1, "Australia/Perth")
    bench.send(1, AUTOMATIC_NOTICE, System.CUBA)  # 18:00 there: goes at once
    bench.until("2026-10-07T09:00:00+08:00")
    assert [record.sent > 0 for record in bench.ledger.of(1)] == [True, True]
    assert bench.pluto.open_dialog(bench.request(), bench.now).last_message == PLAIN_TEXT


# The preview


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ({}, PLAIN_TEXT),
        (
            {"template": ALERT, "contact_time": ContactTime.NEXT_HOUR},
            "A Services Australia Service Officer will call you within the hour from a private number. Please answer "
            "this call. Do not reply by SMS.",
        ),
        (
            {"template": ALERT, "contact_time": ContactTime.TODAY},
            "A Services Australia Service Officer will call you today from a private number. Please answer this call. "
            "Do not reply by SMS.",
        ),
        (
            {"template": 108, "by_date": date(2026, 10, 16).toordinal()},
            "We need to speak with you. Please call us by 16 October 2026. Do not reply by SMS.",
        ),
    ],
)
def test_the_preview_is_the_message_that_arrives(asked: dict[str, int], text: str) -> None:
    bench = bench_with()
    request = bench.request(**asked)
    assert bench.pluto.preview(request) == text
    bench.ask(request)
    bench.later(MINUTE)
    assert list(bench.history.contents.values()) == [("Child Supp", text)]


def test_no_preview_without_its_fields() -> None:
    bench = bench_with()
    with pytest.raises(ValueError, match=r"."):
        bench.pluto.preview(bench.request(template=REMINDER))
    with pytest.raises(KeyError):
        bench.pluto.preview(bench.request(template=999))


# The Outbound Correspondence list


def listed(bench: Bench) -> None:
    """Messages 1–5 with every status that is shown: bounced, viewable, Cuba's viewable, withdrawn, held."""
    bench.send()
    bench.until("2026-10-06T11:30:00+11:00")
    bench.working[1] = True
    bench.send(confirmed=1)
    bench.send(1, AUTOMATIC_NOTICE, System.CUBA)
    bench.until("2026-10-06T21:00:00+11:00")
    bench.send(template=REMINDER, by_date=TODAY + 9, confirmed=1)
    bench.cuba.end_service(1, 1, bench.now)
    bench.until("2026-10-07T21:00:00+11:00")
    bench.send(confirmed=1)


def status_bench() -> Bench:
    """The first message bounces, because the number does not work yet."""
    bench = bench_with()
    bench.working[1] = False
    listed(bench)
    return bench


def test_the_list_of_all_outbound_correspondence() -> None:
    bench = status_bench()
    lines = bench.pluto.outbound_correspondence(1)
    assert [(line.message, line.status, line.source) for line in lines] == [
        (1, "Bounce Back (BB)", "Pluto"),
        (2, "Communication sent", "Pluto"),
        (3, "Communication sent", "Cuba"),
        (4, "Withdrawn", "Pluto"),
        (5, "Held", "Pluto"),
    ]
    assert (lines[0].opened, lines[2].opened) == (PLAIN_TEXT, NOTICE_TEXT)
    assert (lines[0].template, lines[2].template) == ("payment_received", "automatic_letter_notice")
    assert lines[0].issued == instant(MORNING)
    assert bench.pluto.outbound_correspondence(2) == []


NOON, NIGHT = instant("2026-10-06T12:00:00+11:00"), instant("2026-10-06T21:00:00+11:00")


@pytest.mark.parametrize(
    ("filters", "messages"),
    [
        ({"status": "Communication sent"}, [2, 3]),
        ({"status": "Bounce Back (BB)"}, [1]),
        ({"status": "Held"}, [5]),
        ({"status": "Withdrawn"}, [4]),
        ({"status": "Sent to open text"}, []),
        ({"source": "Pluto"}, [1, 2, 4, 5]),
        ({"source": "Cuba"}, [3]),
        ({"issued_to": NOON}, [1, 2, 3]),
        ({"issued_from": NOON}, [4, 5]),
        # Half open: the instant of issue itself is in from it and out up to it.
        ({"issued_from": NIGHT}, [4, 5]),
        ({"issued_from": NIGHT + 1}, [5]),
        ({"issued_to": NIGHT}, [1, 2, 3]),
        ({"issued_to": NIGHT + 1}, [1, 2, 3, 4]),
        ({"issued_from": instant(MORNING) + 1, "issued_to": NOON, "source": "Pluto"}, [2]),
        ({"status": "Communication sent", "source": "Cuba"}, [3]),
        ({"status": "Held", "source": "Cuba"}, []),
    ],
)
def test_filters_of_the_list(filters: dict[str, object], messages: list[int]) -> None:
    lines = status_bench().pluto.outbound_correspondence(1, **filters)
    assert [line.message for line in lines] == messages


def test_status_texts_through_a_messages_life() -> None:
    bench = Bench("2026-10-06T21:00:00+11:00", reserved={1: ReservedOutcome.BOUNCED})
    bench.customer()

    def status() -> str:
        return bench.pluto.outbound_correspondence(1)[0].status

    bench.send()
    assert status() == "Held"
    sent = instant("2026-10-07T08:00:00.001+11:00")
    bench.until(sent - 1)
    assert status() == "Held"
    bench.until(sent)
    assert status() == "Sent to open text"
    bench.until(sent + 2 * MINUTE - 1)
    assert status() == "Sent to open text"
    bench.until(sent + 5 * MINUTE)
    assert status() == "Communication sent"
    bench.until("2026-10-08T05:59:59.999+11:00")
    assert status() == "Communication sent"
    bench.until("2026-10-08T06:00:00.000+11:00")
    assert status() == "Bounce Back (BB)"


# The Customer Summary


@pytest.mark.parametrize(
    ("status", "shown"),
    [(MobileStatus.NONE, NO_MOBILE_TEXT), (MobileStatus.OVERSEAS, OVERSEAS_TEXT)],
)
def test_words_in_place_of_a_number(status: MobileStatus, shown: str) -> None:
    bench = bench_with(mobile=status)
    assert bench.pluto.customer_summary(1).mobile == shown


def test_only_numbers_kept_for_fiction_are_ever_shown() -> None:
    bench = Bench(MORNING)
    seen = set()
    for number in range(1, 121):
        status = (MobileStatus.VALID, MobileStatus.INVALID)[number % 2]
        bench.customer(number, zone="Indian/Cocos", mobile=status)
        summary = bench.pluto.customer_summary(number)
        seen.add(summary.mobile)
        assert summary.mobile in FICTION_MOBILES
        assert summary.zone == "Indian/Cocos"
        assert re.search(r"@example\.(com|net|org)$", summary.email)
        shown = bench.pluto.open_dialog(bench.request(number), bench.now)
        assert (shown.name, shown.mobile) == (summary.name, summary.mobile)
    assert seen == set(FICTION_MOBILES)


def test_no_email_on_record_shows_none() -> None:
    assert bench_with(email=EmailStatus.NONE).pluto.customer_summary(1).email == ""


def test_an_unknown_customer_is_refused() -> None:
    bench = bench_with()
    with pytest.raises(KeyError):
        bench.pluto.customer_summary(2)
    with pytest.raises(KeyError):
        bench.send(2)
    assert bench.later(HOUR) == []
