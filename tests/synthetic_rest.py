"""The rest of the made-up run: Centrelink's customers and their debts, Integrated Service Officers, reports, email.

Rows are added to a `tests.synthetic.Story`; what is sent by SMS goes through its queue.
"""

from itertools import pairwise
from typing import TYPE_CHECKING

from sim.clock import AGENCY_ZONE, DAY, HOUR, MINUTE, ZONES, clock
from sim.history import Event, History
from sim.messages import (
    Channel,
    IntegratedWork,
    MobileStatus,
    Reason,
    ReportAction,
    ReportCase,
    System,
    Vulnerability,
    pack_fields,
)

if TYPE_CHECKING:
    from tests.synthetic import Story

DMIS_TEXT = "You have a message about money that you owe. Please check your online account. Do not reply by SMS."
CLAIM_TEXT = "Your claim for Age Pension has been completed. We will contact you with the outcome. Do not reply by SMS."
TEXTS = {301: "We will call you today from a private number. Please answer this call. Do not reply by SMS.",
         303: CLAIM_TEXT, 304: CLAIM_TEXT, 305: DMIS_TEXT, 501: DMIS_TEXT, 502: DMIS_TEXT,
         **dict.fromkeys(range(401, 410), DMIS_TEXT)}  # fmt: skip
RUN = 4 * HOUR
NIGHTS = 5
"""For so many nights in a row a debt meets the conditions of a message."""
PAYS_NUDGED, PAYS_ELSE = 0.7, 0.4


def tell_the_rest(story: "Story", history: History) -> None:
    """Add all of it to `story`, but what the queue makes of its messages."""
    for customer in range(1, story.customers + 1):
        _centrelink_facts(story, customer)
    first = story.start.toordinal()
    for day in range(first, first + story.days):
        _night(story, day)
    for item in range(1, 4 * story.days):
        _integrated(story, 500_000 + item, first + item // 4)
        _report(story, 900_000 + item, item, first + item // 4)
        _email(story, item, first + item // 4, history)


def barred(customer: int) -> int:
    """Why a debtor gets no debt message."""
    return (Reason.OPTED_OUT if customer % 14 == 0 else 0) | (Reason.VULNERABLE if customer % 10 == 0 else 0)


def _centrelink_facts(story: "Story", customer: int) -> None:
    for event, value in (
        (Event.CENTRELINK_RECORDED, customer % 4 > 0),
        (Event.CENTRELINK_MOBILE_RECORDED, MobileStatus.VALID),
        (Event.MAIL_CHANNEL_RECORDED, 1 + customer % 2),
        (Event.POSTCODE_RECORDED, 2000 + customer),
        (Event.MUTUAL_CUSTOMER_SET, 1),
    ):
        story.add(story.begin, event, customer=customer, value=value, system=System.REGISTER)
    if barred(customer) & Reason.OPTED_OUT:
        story.add(story.begin, Event.CENTRELINK_OPT_OUT_RECORDED, customer=customer, system=System.REGISTER)
    if barred(customer) & Reason.VULNERABLE:
        value = Vulnerability.HOMELESSNESS
        story.add(story.begin, Event.VULNERABILITY_SET, customer=customer, value=value, other=1)
    if customer % 2 == 0:
        day = story.start.toordinal() + customer % 14
        story.add(story.begin, Event.DEBT_RAISED, customer=customer, ref=1000 * customer, value=day)


def _night(story: "Story", day: int) -> None:
    """The nightly runs of SAP and DMIS, and what customers then pay."""
    now = clock(AGENCY_ZONE).at(day, RUN)
    for system in (System.SAP, System.DMIS):
        story.add(now, Event.NIGHTLY_RUN, system=system, value=day)
    since = day - story.start.toordinal()
    for customer in range(2, story.customers + 1, 2):
        if (customer + since) % 14 == 3:
            _instalment(story, customer, now, day)
        # Each debtor meets the conditions of one message, some of them of a second one that gives way to it.
        begins, level = customer % 7, 2 + customer // 2 % 8
        if 0 <= since - begins < NIGHTS:
            loser = level + 1 if level < 9 and customer % 4 == 0 else 0
            _eligible(story, customer, now, day, since - begins, level, loser)


def _instalment(story: "Story", customer: int, now: int, day: int) -> None:
    went = _planned(story, now, day, customer, System.SAP, 502, 9 * HOUR)
    if story.u(20, customer, day) < (0.95 if went else 0.85):
        paid = clock(story.zone(customer)).at(day + 1, 14 * HOUR)
        story.add(paid, Event.REPAYMENT_MADE, customer=customer, ref=1000 * customer)
    if customer % 8 == 0:
        story.messages += 1
        who = {"customer": customer, "message": story.messages, "template": 501}
        story.add(now + 6 * HOUR, Event.SEND_PRESSED, other=Channel.SMS, system=System.SAP, **who)
        story.issue(now + 6 * HOUR, System.SAP, 501, customer)


def _eligible(story: "Story", customer: int, now: int, day: int, night: int, level: int, loser: int) -> None:
    """Night number `night` of a span: the winner goes on the first night and is similar to itself after; the loser
    loses twice, to the hierarchy and then to the gap, and goes on the third."""
    went = False
    for template, sent_on, losses in (
        (400 + level, 0, {}),
        (400 + loser, 2, {0: (Reason.HIERARCHY, 400 + level), 1: (Reason.GAP, 400 + level)}),
    ):
        if template == 400:
            continue
        who = {"customer": customer, "template": template, "system": System.DMIS}
        if night == 0:
            story.add(now, Event.ELIGIBLE, value=day, **who)
        if barred(customer):
            told = {each: (barred(customer), 0) for each in range(NIGHTS)}
        else:
            told = {**losses, **dict.fromkeys(range(sent_on + 1, NIGHTS), (Reason.SIMILAR, template))}
        _spans(story, now, day, night, told, who)
        if night == sent_on and not barred(customer):
            went = _planned(story, now, day, customer, System.DMIS, template, 10 * HOUR)
        if night == NIGHTS - 1:
            story.add(now + DAY, Event.ELIGIBLE_ENDED, value=day, **who)
    if night == 0 and story.u(21, customer, day) < (PAYS_NUDGED if went else PAYS_ELSE):
        story.add(now + 30 * HOUR, Event.REPAYMENT_MADE, customer=customer, ref=1000 * customer)
    elif night == 0 and customer % 3 == 0:
        story.add(now + 50 * HOUR, Event.ARRANGEMENT_SET, customer=customer, ref=1000 * customer, value=21)


def _spans(
    story: "Story", now: int, day: int, night: int, told: dict[int, tuple[int, int]], who: dict[str, int]
) -> None:
    """A suppression begins, changes or ends."""
    nights = [told.get(each) for each in range(-1, NIGHTS + 1)]
    before, after = list(pairwise(nights))[night]
    if after != before and before:
        story.add(now, Event.SUPPRESSED_ENDED, value=day - 1, reasons=before[0], other=before[1], **who)
    if after != before and after:
        story.add(now, Event.SUPPRESSED, value=day, reasons=after[0], other=after[1], **who)
    if night == NIGHTS - 1 and after:
        story.add(now + DAY, Event.SUPPRESSED_ENDED, value=day, reasons=after[0], other=after[1], **who)


def _planned(story: "Story", now: int, day: int, customer: int, system: int, template: int, of_day: int) -> bool:
    """A message for a time of that day; whether it was issued."""
    story.messages += 1
    who = {"customer": customer, "message": story.messages, "template": template, "system": system}
    story.add(now, Event.SEND_PRESSED, other=Channel.SMS, **who)
    if barred(customer):
        story.add(now, Event.REFUSED, reasons=barred(customer), **who)
        return False
    story.issue(now, system, template, customer, due=clock(story.zone(customer)).at(day, of_day))
    return True


def _integrated(story: "Story", item: int, day: int) -> None:
    """A work item of an Integrated Service Officer: routed, or a claim that was finalised."""
    customer, officer = 1 + item % story.customers, 10_001
    now = clock(ZONES[0]).at(day, 9 * HOUR + item % 29 * MINUTE)
    who = {"customer": customer, "officer": officer, "ref": item}
    if item % 3:
        work = IntegratedWork(1 + item % 5)
        chosen = System.PLUTO if work in (1, 5) else System.CUSTOMER_FIRST
        story.add(now, Event.ROUTED, value=chosen, other=work, **who)
        if chosen == System.CUSTOMER_FIRST:
            _customer_first(story, now + MINUTE, 305 if work == IntegratedWork.CENTRELINK_WORK_TYPE else 301, who)
        return
    outcome = 1 + item % 2
    story.add(now, Event.CLAIM_FINALISED, value=outcome, other=2, **who)
    withheld = item // 3 % 5
    if 1 <= withheld <= 3:
        story.add(now + MINUTE, Event.CLAIM_MESSAGE_WITHHELD, value=withheld, **who)
    if withheld == 1:
        _customer_first(story, now, 302 + outcome, {**who, "officer": 0})
    if withheld == 0:
        _customer_first(story, now + MINUTE, 302 + outcome, who)


def _customer_first(story: "Story", now: int, template: int, who: dict[str, int]) -> None:
    story.messages += 1
    row = {**who, "message": story.messages, "template": template, "system": System.CUSTOMER_FIRST}
    story.add(now, Event.SEND_PRESSED, other=Channel.SMS, value=pack_fields(0, 0, 2), **row)
    if who["customer"] % 14 == 0:
        story.add(now, Event.REFUSED, reasons=Reason.OPTED_OUT, **row)
        return
    story.issue(now, System.CUSTOMER_FIRST, template, who["customer"], who["officer"], who["ref"])


def _report(story: "Story", ref: int, message: int, day: int) -> None:
    """A report of a message, an explanation, or a message that went to the wrong customer."""
    case = ReportCase(1 + ref % 7)
    customer = 0 if case == ReportCase.NO_RELATIONSHIP else 1 + ref % story.customers
    who = {"customer": customer, "ref": ref, "message": message}
    now = clock(ZONES[0]).at(day, 11 * HOUR) + ref % 40 * MINUTE
    if ref % 5 == 0:
        story.add(now, Event.EXPLANATION_ASKED, **who)
        for point in range(1, 5 if ref % 10 else 4):
            story.add(now + HOUR, Event.EXPLAINED, value=point, officer=1, **who)
        return
    if ref % 5 == 1:
        story.add(now, Event.SENT_TO_WRONG_CUSTOMER, other=2, officer=1, **who)
        if ref % 3:
            story.add(now + HOUR, Event.APOLOGISED, officer=1, **who)
        return
    story.add(now, Event.REPORT_RECEIVED, value=case, **who)
    story.add(now + 5 * MINUTE, Event.REPORT_STEP, value=ReportAction.NOTE_CONTENT_AND_NUMBER, officer=1, **who)
    if ref % 11 == 0:
        return
    closes = now + (4 + ref % 17) * MINUTE
    if case >= ReportCase.NUMBER_RIGHT_MESSAGE_NOT_THEIRS:
        closes += (2 + ref % 30) * HOUR
        story.add(now + 6 * MINUTE, Event.ESCALATED, value=7, officer=1, **who)
        story.add(closes - HOUR, Event.SAS_FOUND, other=3, officer=10_501, **who)
        story.add(closes - 20 * MINUTE, Event.INCIDENT_REPORTED, officer=1, **who)
        story.add(closes - 10 * MINUTE, Event.NUMBER_REMOVED, other=3, officer=1, **who)
    story.add(closes, Event.REPORT_CLOSED, officer=1, **who)


def _email(story: "Story", item: int, day: int, history: History) -> None:
    """A reminder by email, each fifth of which bounces."""
    story.messages += 1
    now = clock(ZONES[0]).at(day, 21 * HOUR) + item
    who = {"customer": 1 + item % story.customers, "message": story.messages}
    asked = {**who, "template": 201, "system": System.CUBA, "other": Channel.EMAIL}
    story.add(now, Event.SEND_PRESSED, **asked)
    story.add(now, Event.ISSUED, value=now, **asked)
    story.add(now, Event.HANDED_OVER, system=System.CUBA, **who)
    code = history.content("Child Supp", "Your child support payment is due soon.")
    story.add(now, Event.ARRIVED, system=System.EMAIL_EXCHANGE, value=code, **who)
    story.add(now + 900, Event.ACKNOWLEDGED, system=System.EMAIL_EXCHANGE, **who)
    if item % 5:
        story.add(now + MINUTE, Event.DELIVERED, system=System.EMAIL_EXCHANGE, **who)
        return
    story.add(now + MINUTE, Event.FAILED, system=System.EMAIL_EXCHANGE, value=1, **who)
    story.add(clock(ZONES[0]).at(day + 1, 6 * HOUR), Event.BOUNCED, system=System.CUBA, **who)
