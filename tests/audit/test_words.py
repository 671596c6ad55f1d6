"""cs-info-messages, cs-content, cs-sender: exact words, and what a message may say."""

from datetime import date

import pytest

from sim.audit.codes import SYSTEMS, Event, Reason
from sim.audit.text import Fields, date_words, differs_from, problems
from tests.audit.builder import (
    DOCUMENTS_RECEIVED,
    PAYMENT_OVERDUE,
    REMINDER,
    S001,
    S002,
    TEMPLATES,
    Builder,
    at,
    expect,
    judge_one,
    offenders,
    policy,
)
from tests.audit.centrelink_policy import CLAIM_GRANT, CLAIM_REJECT, DUE_SOON

NOON = at("2026-09-22 12:00")
BY = date(2026, 10, 16)
RED = policy()["cs-opt-out"]["values"]["text"]
LIMIT = policy()["cs-daily-limit"]["values"]["text"]
QUESTION = policy()["cs-hourly-confirmation"]["values"]["text"]
AGENCY = ("131 272",)


def history(**values):
    built = Builder(values=policy(**values))
    built.customer(1)
    return built


# cs-info-messages


def show(built, words, time=NOON, message=7):
    value = built.content("", words)
    built.event(time, Event.INFO_SHOWN, message=message, customer=1, system=10, value=value)


REFUSALS = [
    (Reason.OPTED_OUT, [RED], False),
    (Reason.OPTED_OUT, [], True),
    (Reason.OPTED_OUT, [RED + "."], True),
    (Reason.OPTED_OUT, [RED.lower()], True),
    (Reason.OPTED_OUT, [LIMIT], True),
    (Reason.OPTED_OUT | Reason.DAILY_LIMIT, [RED], False),
    (Reason.OPTED_OUT | Reason.DAILY_LIMIT, [LIMIT], True),
    (Reason.OPTED_OUT | Reason.DAILY_LIMIT, [RED, LIMIT], False),
    (Reason.NO_ACCESS | Reason.OPTED_OUT, [RED], False),
    (Reason.DAILY_LIMIT, [LIMIT], False),
    (Reason.DAILY_LIMIT, [RED], True),
    (Reason.DAILY_LIMIT, [], True),
    (Reason.MISSING_FIELD, [], False),
    (Reason.MISSING_FIELD, ["Choose a contact time"], False),
    (Reason.MISSING_FIELD, [LIMIT], True),
    (Reason.DECEASED, [RED], True),
]


def test_words_of_a_refusal():
    table = {}
    for reasons, shown, wrong in REFUSALS:
        built = history()
        for words in shown:
            show(built, words)
        built.refuse(7, 1, NOON, reasons)
        table[reasons, *shown] = built, [7] if wrong else []
    expect("cs-info-messages", table)


def test_words_of_the_question():
    table = {}
    for words, wrong in ((QUESTION, []), (QUESTION[:-1], [7]), (QUESTION + " ", [7]), (None, [7])):
        built = history()
        built.press(7, 1, NOON)
        if words:
            show(built, words)
        built.event(NOON, Event.CONFIRMATION_ASKED, message=7, customer=1, system=10)
        table[words] = built, wrong
    assert expect("cs-info-messages", table).cases == len(table)


def test_the_question_without_its_cause():
    built = history()
    show(built, QUESTION)
    built.send(7, 1, NOON)
    assert offenders(built.rule("cs-info-messages")) == [7]


@pytest.mark.parametrize("system", ["pluto", "cuba"])
@pytest.mark.parametrize("enforced", [True, False])
def test_a_refusal_names_tests_of_the_dialog(system, enforced):
    table = {}
    for reasons, wrong in (
        (Reason.NO_ACCESS, False),
        (Reason.BY_DATE_IN_PAST, False),
        (Reason.FDV_UNDISCUSSED, not enforced),
        (Reason.FDV_UNDISCUSSED | Reason.DECEASED, not enforced),
        (Reason.SEND_WINDOW, True),
        (Reason.DECEASED | Reason.GAP, True),
        (Reason.NOT_A_CENTRELINK_CUSTOMER, True),
    ):
        built = history(cs_fdv__enforced=enforced)
        built.refuse(7, 1, NOON, reasons, system=system)
        table[reasons] = built, [7] if wrong else []
    expect("cs-info-messages", table)


def test_automatic_messages_show_nothing():
    built = history()
    built.refuse(7, 1, NOON, Reason.OPTED_OUT, system="cuba", template=REMINDER)
    assert built.rule("cs-info-messages").verdict == "not_exercised"


# cs-content


def sent(text, template=DOCUMENTS_RECEIVED, contact_time="", by_date=0, system="pluto"):
    built = history()
    built.press(7, 1, NOON, template=template, contact_time=contact_time, by_date=by_date, system=system)
    built.issue(7, 1, NOON, template=template, system=system)
    built.deliver(7, 1, NOON, text=text, system=system)
    return built


def words_of(template, **fields):
    text = next(entry["text"] for entry in TEMPLATES if entry["code"] == template)
    for name, value in fields.items():
        text = text.replace("{" + name + "}", value)
    return text


TEXTS = [
    (S001, "next_hour", 0, words_of(S001, contact_time="within the hour"), False),
    (S001, "today", 0, words_of(S001, contact_time="today"), False),
    (S001, "today", 0, words_of(S001, contact_time="within the hour"), True),
    (S001, "today", 0, words_of(S001, contact_time="tomorrow"), True),
    (S001, "today", 0, words_of(S001), True),
    (S002, "", 0, words_of(S002), False),
    (S002, "", 0, words_of(S002).replace("today", "Today"), True),
    (S002, "", 0, words_of(S002) + " ", True),
    (PAYMENT_OVERDUE, "", BY.toordinal(), words_of(PAYMENT_OVERDUE, by_date="16 October 2026"), False),
    (PAYMENT_OVERDUE, "", BY.toordinal(), words_of(PAYMENT_OVERDUE, by_date="17 October 2026"), True),
    (PAYMENT_OVERDUE, "", BY.toordinal(), words_of(PAYMENT_OVERDUE, by_date="16/10/2026"), True),
    (DOCUMENTS_RECEIVED, "", 0, words_of(DOCUMENTS_RECEIVED).replace("We", "Hi Ann, we"), True),
    (DOCUMENTS_RECEIVED, "", 0, words_of(S002), True),
]


def test_nothing_but_the_template_and_its_fields():
    table = {}
    for template, contact_time, by_date, text, wrong in TEXTS:
        table[template, contact_time, by_date, text] = sent(text, template, contact_time, by_date), [7] if wrong else []
    assert expect("cs-content", table).cases == len(table)


@pytest.mark.parametrize("template", [entry["code"] for entry in TEMPLATES])
def test_the_templates_hold_nothing_forbidden(template):
    text = words_of(template, contact_time="within the hour", by_date=date_words(BY))
    assert problems(text, AGENCY) == ()


@pytest.mark.parametrize(
    "text",
    [
        "See https://example.org/a?b=1 for more.",
        "See www.example.org for more.",
        "See my.gov.au for more.",
        "See bit.ly/2abc for more.",
        "See EXAMPLE.COM for more.",
        "See 203.0.113.7 for more.",
        "Write to somebody@example.org now.",
        "Write to somebody@localhost now.",
        "Call 0491 570 006 today.",
        "Call 0491570006 today.",
        "Call +61 491 570 006 today.",
        "Call (02) 5550 1234 today.",
        "Call 1800 123 456 today.",
        "Your reference is 123456.",
        "Your reference is 123 456 789A.",
        "Your case AB12345 is open.",
        "Reply YES to agree.",
        "Please reply by SMS.",
        "Text us back.",
        "Text STOP to end this.",
        "Respond to this message.",
    ],
)
def test_what_no_message_may_hold(text):
    assert problems(text, AGENCY) != ()


@pytest.mark.parametrize(
    "text",
    [
        "Do not reply by SMS.",
        "You cannot reply to this message.",
        "Please don't reply.",
        "Please call 131 272.",
        "Please call 131272 or 131-272.",
        "Pay by 16 October 2026.",
        "It is due in 14 days, at 8.30 am, e.g. today.Please answer.",
        "A payment of $1,250.00 for 2026 is due.",
        "Tell us if something changes.",
    ],
)
def test_what_a_message_may_hold(text):
    assert problems(text, AGENCY) == ()


def test_a_number_that_is_not_the_agencys():
    assert problems("Please call 131 272.", ()) != ()
    assert problems("Please call 131 2729.", AGENCY) != ()


def test_a_field_that_is_not_known_may_hold_any_of_its_values():
    template = next(entry for entry in TEMPLATES if entry["code"] == S001)
    assert not differs_from(template, words_of(S001, contact_time="today"), Fields())
    assert differs_from(template, words_of(S001, contact_time="next year"), Fields())
    template = next(entry for entry in TEMPLATES if entry["code"] == PAYMENT_OVERDUE)
    assert not differs_from(template, words_of(PAYMENT_OVERDUE, by_date="1 January 2027"), Fields())
    assert differs_from(template, words_of(PAYMENT_OVERDUE, by_date="soon"), Fields())


def test_many_messages_with_the_same_wrong_words():
    built = history()
    for message in range(1, 6):
        built.send(message, 1, NOON + message, text="See www.example.org")
    audit = built.rule("cs-content")
    assert offenders(audit) == [1, 2, 3, 4, 5]
    assert audit.cases == 5
    assert audit.enforced_by == "content"


def test_words_that_are_not_in_the_history():
    built = history()
    built.send(7, 1, NOON)
    built.contents.clear()
    assert built.rule("cs-content").verdict == "unknown"


CLAIM = "Your claim for {} has been completed. We will contact you with the outcome. Do not reply by SMS."
REJECT = (
    "We tried to contact you to discuss the outcome of your recent claim for {}. Please call us on {}. "
    "Do not reply by SMS."
)


@pytest.mark.parametrize(
    ("template", "payment", "text", "wrong"),
    [
        (CLAIM_GRANT, 2, CLAIM.format("Age Pension"), False),
        (CLAIM_GRANT, 1, CLAIM.format("Age Pension"), True),  # another payment than the one chosen
        (CLAIM_GRANT, 2, CLAIM.format("Carer Payment"), True),
        (CLAIM_REJECT, 2, REJECT.format("Age Pension", "132 300"), False),
        (CLAIM_REJECT, 2, REJECT.format("Age Pension", "132 850"), True),  # the enquiry line of another payment
        (CLAIM_REJECT, 2, REJECT.format("Age Pension", "02 9999 9999"), True),
        (DUE_SOON, 0, "Your debt is due soon. Do not reply by SMS.", False),
        (DUE_SOON, 0, "Your debt of $312 is due soon. Do not reply by SMS.", True),
    ],
)
def test_the_words_of_centrelinks_messages(template, payment, text, wrong):
    system = "dmis" if template == DUE_SOON else "customer_first"
    built = history()
    built.event(
        NOON, Event.SEND_PRESSED, message=7, customer=1, template=template, other=1, value=payment << 22,
        system=SYSTEMS[system],
    )  # fmt: skip
    built.issue(7, 1, NOON, template=template, system=system)
    built.deliver(7, 1, NOON, text=text, sender="CENTRELINK", template=template, system=system)
    audit = built.rule("cs-content")
    assert (audit.cases, audit.breaches) == (1, int(wrong))


def test_a_payment_that_is_not_known_may_be_any_of_the_policys():
    template = next(entry for entry in TEMPLATES if entry["code"] == CLAIM_REJECT)
    payments = policy()["cf-claim-grant"]["values"]["payments"]
    assert not differs_from(template, REJECT.format("Youth Allowance", "132 490"), Fields(), payments)
    assert differs_from(template, REJECT.format("Youth Allowance", "132 300"), Fields(), payments)


# cs-sender


SENDERS = [
    ("pluto", "Child Supp", False),
    ("pluto", "ChildSupp", True),
    ("pluto", "Child Supp ", True),
    ("pluto", "CHILD SUPP", True),
    ("cuba", "Child Supp", False),
    ("cuba", "CENTRELINK", True),
    ("customer_first", "CENTRELINK", False),
    ("customer_first", "Centrelink", True),
    ("customer_first", "Child Supp", True),
    ("dmis", "CENTRELINK", False),
    ("dmis", "DMIS", True),
    ("sap", "CENTRELINK", False),
    ("sap", "", True),
]


def test_senders():
    table = {}
    for system, sender, wrong in SENDERS:
        built = history()
        built.send(7, 1, NOON, system=system, sender=sender)
        table[system, sender] = built, [7] if wrong else []
    audit = expect("cs-sender", table)
    assert audit.enforced_by == "content"


@pytest.mark.parametrize(
    ("sender", "wrong"), [("AB", False), ("A", True), ("Elevenchars", False), ("Twelve chars", True)]
)
def test_the_length_of_a_sender_is_judged_whatever_the_policy_calls_it(sender, wrong):
    built = history(cf_flow__sender=sender)
    built.send(7, 1, NOON, system="dmis", sender=sender)
    assert bool(built.rule("cs-sender").breaches) == wrong


def test_foreign_columns_are_needed(tmp_path):
    from sim.audit import Log

    path = tmp_path / "log.csv"
    path.write_text(
        "message_id,customer_id,system,timezone,issued_at,outcome,sent_at\n"
        "1,1,pluto,Australia/Sydney,2026-10-06T10:00:00Z,sent,2026-10-06T10:00:01Z\n",
        encoding="utf-8",
    )
    log = Log.from_messages(path, policy=policy())
    for rule in ("cs-content", "cs-sender", "cs-templates", "cs-channel", "cs-officer-access", "cs-fields"):
        assert judge_one(log, rule).verdict == "unknown", rule
    assert judge_one(log, "cs-info-messages").verdict == "not_exercised"


@pytest.mark.parametrize(
    ("template", "text", "verdict"),
    [
        ("S002", words_of(S002), "pass"),
        ("s002", words_of(S002), "pass"),
        ("2", words_of(S002), "pass"),
        ("S002", "We call you.", "fail"),
        ("S005", "We call you.", "unknown"),
        ("S005", "See www.example.org.", "fail"),
        ("", "We call you.", "unknown"),
    ],
)
def test_foreign_texts(tmp_path, template, text, verdict):
    from sim.audit import Log

    path = tmp_path / "log.csv"
    path.write_text(
        "message_id,customer_id,system,timezone,issued_at,outcome,sent_at,template,text\n"
        f'1,1,pluto,Australia/Sydney,2026-10-06T10:00:00Z,sent,2026-10-06T10:00:01Z,{template},"{text}"\n',
        encoding="utf-8",
    )
    assert judge_one(Log.from_messages(path, policy=policy()), "cs-content").verdict == verdict
