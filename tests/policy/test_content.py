"""`cs-templates`, `cs-content`, `cs-sender`: rendering, parts, and what a message must not hold."""

from dataclasses import replace
from datetime import date

import pytest

from sim.messages import ContactTime, Service, System
from sim.policy import content
from sim.policy.content import content_problems, date_words, parts, render, sender_problems
from sim.policy.policy import load_policy
from sim.policy.templates import Template

POLICY = load_policy()
TEMPLATES = POLICY.templates
BY = date(2026, 10, 16).toordinal()
NONE, NEXT_HOUR, TODAY = ContactTime.NONE, ContactTime.NEXT_HOUR, ContactTime.TODAY
PAYMENT = 4
NATIONAL = "@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ!¤¡ÄÖÑÜ§¿äöñüà\n\r"


def template(text: str, *fields: str) -> Template:
    return replace(TEMPLATES[2], id="test", text=text, fields=fields, service=Service.GENERAL)


@pytest.mark.parametrize(
    ("code", "contact_time", "text"),
    [
        # policy.md C, [within the hour/today].
        (
            1,
            NEXT_HOUR,
            "A Services Australia Service Officer will call you within the hour from a private number. "
            "Please answer this call. Do not reply by SMS.",
        ),
        (
            1,
            TODAY,
            "A Services Australia Service Officer will call you today from a private number. "
            "Please answer this call. Do not reply by SMS.",
        ),
        (
            2,
            NONE,
            "We will call you today from a private number about an objection. "
            "Please answer this call. Do not reply by SMS.",
        ),
    ],
)
def test_the_published_texts_are_rendered_word_for_word(code: int, contact_time: int, text: str) -> None:
    assert render(TEMPLATES[code], contact_time, 0) == text


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 10, 16), "16 October 2026"),
        (date(2026, 10, 4), "4 October 2026"),
        (date(2026, 12, 31), "31 December 2026"),
        (date(2027, 1, 1), "1 January 2027"),
        (date(2028, 2, 29), "29 February 2028"),
        (date(2028, 3, 1), "1 March 2028"),
    ],
)
def test_a_by_date_in_words(day: date, words: str) -> None:
    assert date_words(day.toordinal()) == words
    assert render(template("By {by_date}.", "by_date"), NONE, day.toordinal()) == f"By {words}."


def test_every_month_has_its_name() -> None:
    names = [date_words(date(2026, month, 1).toordinal()).split()[1] for month in range(1, 13)]
    assert names[:6] == ["January", "February", "March", "April", "May", "June"]
    assert names[6:] == ["July", "August", "September", "October", "November", "December"]


def test_only_declared_fields_are_filled() -> None:
    text = "A {by_date} B {contact_time} C"
    assert render(template(text), TODAY, BY) == text
    assert render(template(text, "contact_time"), TODAY, BY) == "A {by_date} B today C"
    assert render(template(text, "by_date"), TODAY, BY) == "A 16 October 2026 B {contact_time} C"
    assert render(template(text, "by_date", "contact_time"), TODAY, BY) == "A 16 October 2026 B today C"


@pytest.mark.parametrize(
    ("fields", "contact_time", "by_date", "message"),
    [
        (("contact_time",), NONE, BY, "needs a contact time"),
        (("contact_time",), 3, BY, "needs a contact time"),
        (("by_date",), TODAY, 0, "needs a By date"),
        (("payment_type",), TODAY, BY, "needs a payment type"),
        (("phone_number",), TODAY, BY, "needs a payment type"),
    ],
)
def test_an_empty_field_cannot_be_rendered(
    fields: tuple[str, ...], contact_time: int, by_date: int, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        render(template("{contact_time} {by_date}", *fields), contact_time, by_date)


# policy.md E, [PAYMENT TYPE] and [PHONE NUMBER*].
GRANTED = "Your claim for {} has been completed. We will contact you with the outcome. Do not reply by SMS."
REJECTED = (
    "We tried to contact you to discuss the outcome of your recent claim for {}. Please call us on {}. "
    "Do not reply by SMS."
)


@pytest.mark.parametrize(("code", "name", "line"), [
    (1, "JobSeeker Payment", "132 850"), (2, "Age Pension", "132 300"), (3, "Youth Allowance", "132 490"),
    (4, "Parenting Payment", "136 150"), (5, "Disability Support Pension", "132 717"),
])  # fmt: skip
def test_claim_messages_name_the_payment_and_its_line(code: int, name: str, line: str) -> None:
    assert render(TEMPLATES[303], NONE, 0, code) == GRANTED.format(name)
    assert render(TEMPLATES[304], NONE, 0, code) == REJECTED.format(name, line)
    other = code % 5 + 1
    differs = ["the text differs from template claim_reject"]
    assert content_problems(REJECTED.format(name, line), TEMPLATES[304], NONE, 0, payment_type=other) == differs
    assert content_problems(GRANTED.format(name), TEMPLATES[303], NONE, 0) == [
        "template claim_grant needs a payment type"
    ]


@pytest.mark.parametrize("payment_type", [-1, 0, 6])
def test_an_unknown_payment_type_cannot_be_rendered(payment_type: int) -> None:
    with pytest.raises(ValueError, match="claim_grant needs a payment type"):
        render(TEMPLATES[303], NONE, 0, payment_type)


def test_a_line_that_is_not_the_agencys_is_found_in_a_claim_message() -> None:
    text = REJECTED.format("Age Pension", "132 851")
    problems = content_problems(text, template(text), NONE, 0, payment_type=2)
    assert len(problems) == 1
    assert "'132 851'" in problems[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 1),
        ("a", 1),
        ("a" * 159, 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("a" * 459, 3),
        ("a" * 460, 4),
        # National letters and signs of the basic alphabet are one septet each.
        (NATIONAL + "a" * (160 - len(NATIONAL)), 1),
        (NATIONAL + "a" * (161 - len(NATIONAL)), 2),
        # The extension table: two septets, and never split between parts (153 = 76 pairs and one left over).
        ("€" * 80, 1),
        ("€" * 80 + "a", 2),
        ("^{}\\[~]|€\f" * 8, 1),
        ("^{}\\[~]|€\f" * 8 + "a", 2),
        ("€" * 152, 2),
        ("€" * 153, 3),
        ("a" * 152 + "€" + "a" * 151, 2),
        ("a" * 152 + "€" + "a" * 152, 3),
        ("a" * 151 + "€" + "a" * 153, 2),
        # One character outside the alphabet makes all of it UCS-2.
        ("’" + "a" * 69, 1),
        ("’" + "a" * 70, 2),
        ("’" * 70, 1),
        ("’" * 71, 2),
        ("’" * 134, 2),
        ("’" * 135, 3),
        ("`" * 71, 2),
        ("ç" * 71, 2),
        # A character beyond the basic plane is two units, and never split between parts (67 = 33 pairs and one over).
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("😀" * 66, 2),
        ("😀" * 67, 3),
    ],
)
def test_parts(text: str, expected: int) -> None:
    assert parts(text) == expected


CLEAN = "Please call us on 131 272 by 16 October 2026. Do not reply by SMS."


@pytest.mark.parametrize(
    "text",
    [
        CLEAN,
        "We are open from 8.30am to 4.45 p.m., e.g. on Monday 5 October.",
        "Your estimate for 2026-27 is due. It was $1,250.00 in 2025.",
        "Call 13 12 72 or 131272.",
        "You cannot reply to this message. Please do not reply.",
        "Don't reply by SMS. We can't reply either. No reply is needed.",
        "Do not call or reply.",
        "Please respond in your online account by 16 October 2026.",
        "This message no longer applies. Please answer this call.",
    ],
)
def test_clean_texts(text: str) -> None:
    assert content_problems(text, template(text), NONE, BY) == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("See https://example.com/a?b=c", "a URL or domain: 'https://example.com/a?b=c'"),
        ("See http://x", "a URL or domain: 'http://x'"),
        ("See WWW.EXAMPLE", "a URL or domain: 'WWW.EXAMPLE'"),
        ("See my.gov.au", "a URL or domain: 'my.gov.au'"),
        ("See servicesaustralia.gov.au/cs.", "a URL or domain: 'servicesaustralia.gov.au/cs.'"),
        ("See bit.ly/3x", "a URL or domain: 'bit.ly/3x'"),
        ("See bücher.example", "a URL or domain: 'bücher.example'"),
        ("See xn--bcher-kva.xn--p1ai", "a URL or domain: 'xn--bcher-kva.xn--p1ai'"),
        ("See 192.0.2.1", "a URL or domain: '192.0.2.1'"),
        ("Answer this call.Please", "a URL or domain: 'call.Please'"),  # telephones make it a link
        ("Write to a.b@example.com.", "an email address: 'a.b@example.com.'"),
        ("Write to us@here", "an email address: 'us@here'"),
        ("Call 0491 570 006", "a telephone number that is not the agency's: '0491 570 006'"),
        ("Call 0491570006", "a telephone number that is not the agency's: '0491570006'"),
        ("Call +61 491 570 006", "a telephone number that is not the agency's: '+61 491 570 006'"),
        ("Call (02) 5550 1234", "a telephone number that is not the agency's: '(02) 5550 1234'"),
        ("Call 13 11 14", "a telephone number that is not the agency's: '13 11 14'"),
        ("Call 131 272 or 0491 570 006", "a telephone number that is not the agency's: '0491 570 006'"),
        ("Your CRN is 123 456 789A", "an identifier: '123 456 789A'"),
        ("Your CRN is 123456789a", "an identifier: '123456789a'"),
        ("Receipt 12345", "an identifier: '12345'"),
        ("Case 1234-5678", "an identifier: '1234-5678'"),
        ("Case 12 34 56", "an identifier: '12 34 56'"),
        ("Objection OBJ2026A", "an identifier: 'OBJ2026A'"),
        ("Code 16 October 2026 12345", "an identifier: '12345'"),
    ],
)
def test_what_a_message_must_not_hold(text: str, problem: str) -> None:
    assert content_problems(text, template(text), NONE, BY) == [f"the text holds {problem}"]


@pytest.mark.parametrize(
    "text",
    [
        "Reply YES to confirm.",
        "Please reply.",
        "Do not hesitate to reply.",
        "You can text us.",
        "Text STOP to end.",
        "Message us any time.",
        "Please respond to this message.",
        "Respond by SMS.",
        "Let us know by text.",
        "Please answer this SMS.",
        "Send us a text.",
    ],
)
def test_a_message_must_not_invite_a_reply(text: str) -> None:
    assert content_problems(text, template(text), NONE, BY) == ["the text invites a reply"]


@pytest.mark.parametrize("code", TEMPLATES)
@pytest.mark.parametrize("contact_time", [NEXT_HOUR, TODAY])
@pytest.mark.parametrize("by_date", [date(2026, 10, 4), date(2028, 2, 29), date(2026, 12, 31)])
def test_every_template_of_the_policy_is_clean(code: int, contact_time: int, by_date: date) -> None:
    text = render(TEMPLATES[code], contact_time, by_date.toordinal(), PAYMENT)
    assert content_problems(text, TEMPLATES[code], contact_time, by_date.toordinal(), payment_type=PAYMENT) == []
    assert "{" not in text
    assert parts(text) == 1


@pytest.mark.parametrize("code", TEMPLATES)
@pytest.mark.parametrize("change", [" ", ".", "Dear Alex, "])
def test_a_word_or_a_sign_more_than_the_template_is_found(code: int, change: str) -> None:
    text = render(TEMPLATES[code], TODAY, BY, PAYMENT)
    differs = [f"the text differs from template {TEMPLATES[code].id}"]
    assert content_problems(change + text, TEMPLATES[code], TODAY, BY, payment_type=PAYMENT) == differs
    assert content_problems(text[:-1], TEMPLATES[code], TODAY, BY, payment_type=PAYMENT) == differs


def test_fields_that_say_something_else_are_found() -> None:
    text = render(TEMPLATES[1], NEXT_HOUR, 0)
    assert content_problems(text, TEMPLATES[1], TODAY, 0) == ["the text differs from template S001"]
    assert content_problems(text, TEMPLATES[1], NONE, 0) == ["template S001 needs a contact time"]


def test_several_problems_are_all_named() -> None:
    text = "Reply to 0491 570 006, a@example.com or www.example.com about 98765."
    problems = content_problems(text, template("Do not reply."), NONE, 0)
    assert [problem.split(":")[0] for problem in problems] == [
        "the text differs from template test",
        "the text holds an email address",
        "the text holds a URL or domain",
        "the text holds a telephone number that is not the agency's",
        "the text holds an identifier",
        "the text invites a reply",
    ]


def test_the_numbers_of_the_agency_can_be_given() -> None:
    text = "Call 13 11 14."
    assert content_problems(text, template(text), NONE, BY, ("131 114",)) == []
    assert content_problems(CLEAN, template(CLEAN), NONE, BY, ("131 114",)) != []


@pytest.mark.parametrize(
    ("sender", "count"),
    [
        ("Child Supp", 0),
        ("Child Support", 2),
        ("child supp", 1),
        ("Child Supp ", 1),
        ("CENTRELINK", 1),
        ("C", 2),
        ("", 2),
    ],
)
def test_the_sender_of_pluto(sender: str, count: int) -> None:
    assert len(sender_problems(sender)) == count


# `cs-sender` for Child Support, `cf-flow` for Centrelink's three systems.
@pytest.mark.parametrize(("system", "sender"), [
    (System.PLUTO, "Child Supp"), (System.CUBA, "Child Supp"), (System.CUSTOMER_FIRST, "CENTRELINK"),
    (System.DMIS, "CENTRELINK"), (System.SAP, "CENTRELINK"),
])  # fmt: skip
def test_the_sender_of_each_system(system: int, sender: str) -> None:
    assert content.SENDERS[system] == sender
    assert sender_problems(sender, expected=content.SENDERS[system]) == []
    assert len(sender_problems({"Child Supp": "CENTRELINK", "CENTRELINK": "Child Supp"}[sender], sender)) == 1


@pytest.mark.parametrize(("length", "problems"), [(0, 1), (1, 1), (2, 0), (10, 0), (11, 0), (12, 1)])
def test_the_length_of_a_sender(length: int, problems: int) -> None:
    assert len(sender_problems("S" * length, expected="S" * length)) == problems


def test_the_figures_here_are_those_of_the_policy() -> None:
    fewest, most = content.SENDER_LENGTH
    assert POLICY.value("cs-sender.sender") == content.SENDER
    assert [fewest, most] == [POLICY.value("cs-sender.shortest"), POLICY.value("cs-sender.longest")]
    assert list(content.AGENCY_NUMBERS) == POLICY.value("cs-content.agency_numbers")
    sizes = [POLICY.value(f"cs-content.{name}") for name in ("gsm_alone", "gsm_part", "ucs2_alone", "ucs2_part")]
    assert sizes == [160, 153, 70, 67]
    words = [render(template("{contact_time}", "contact_time"), choice, 0) for choice in (NEXT_HOUR, TODAY)]
    assert POLICY.value("cs-fields.contact_words") == words
