"""Faults of what a message says, which templates and fields are taken, and the exact words of the interface."""

from dataclasses import replace

from fakes.broken.fault import Fault, misreading
from fakes.machinery import OURS, Machinery
from fakes.pluto import DialogView, Pluto
from fakes.sender import Issue
from sim.messages import ContactTime, Reason, Request
from sim.policy.content import render
from sim.policy.dialog import dialog_reasons, field_reasons
from sim.policy.templates import Template

_TEMPLATES, _FIELDS, _CONTENT, _SENDER, _WORDS = (
    "cs-templates", "cs-fields", "cs-content", "cs-sender", "cs-info-messages",
)  # fmt: skip
_DIALOG = "A history holds what was sent, refused and shown as an answer, not what the dialog shows while it is open."


def _saying(change: str) -> Machinery:
    """Ours, which puts these words before the last sentence of every text."""

    def rendered(template: Template, contact_time: int, by_date: int, payment_type: int = 0) -> str:
        return render(template, contact_time, by_date, payment_type).replace("Do not reply", f"{change} Do not reply")

    return OURS.with_rules(render=rendered)


def _by_another_date(template: Template, contact_time: int, by_date: int, payment_type: int = 0) -> str:
    return render(template, contact_time, by_date + 1 if by_date else 0, payment_type)


def _today_when_empty(template: Template, contact_time: int, by_date: int, payment_type: int = 0) -> str:
    return render(template, contact_time or ContactTime.TODAY, by_date or 1, payment_type)


class _UnknownTaken(Pluto):
    """A type that is not known is sent as the plainest request for contact."""

    def look(self, request: Request, now: int) -> Issue:
        issue = super().look(request, now)
        if issue.template is None:
            template = next(one for one in self.templates.values() if one.desktop and not one.fields)
            return issue._replace(template=template, reasons=issue.reasons & ~int(Reason.UNKNOWN_TEMPLATE))
        return issue


class _FirstReasonAlone(Pluto):
    def look(self, request: Request, now: int) -> Issue:
        issue = super().look(request, now)
        return issue._replace(reasons=issue.reasons & -issue.reasons)


class _RedWhenFirst(Pluto):
    """The red text shows only where nothing stands before the opt-out in the order of the tests."""

    def message_shown(self, reasons: int) -> str:
        first = reasons & -reasons
        return super().message_shown(first)


class _NamesTheCustomer(Pluto):
    def _issue(self, request: Request, issue: Issue, now: int, due: int) -> None:
        assert issue.template is not None
        name = self._people.name(request.customer)
        named = replace(issue.template, text=f"{name}: {issue.template.text}")
        super()._issue(request, issue._replace(template=named), now, due)


class _ForgetsTheLastMessage(Pluto):
    def open_dialog(self, request: Request, now: int) -> DialogView:
        return super().open_dialog(request, now)._replace(last_message="")


class _PreviewsTheBareText(Pluto):
    def preview(self, request: Request) -> str:
        return self.templates[request.template].text


FAULTS = (
    Fault(
        "unknown_template_taken",
        _TEMPLATES,
        "A type that is not known is issued as another one.",
        OURS._replace(pluto=_UnknownTaken),
        "Officers of a generated load choose from the list of types, so nobody asks for one that is not in it.",
    ),
    Fault(
        "objection_alert_unknown",
        _TEMPLATES,
        "S002 is refused as a type that is not known.",
        OURS.with_rules(
            dialog_reasons=lambda request, *others: (
                dialog_reasons(request, *others) | (int(Reason.UNKNOWN_TEMPLATE) if request.template == 2 else 0)
            )
        ),
    ),
    Fault(
        "empty_fields_taken",
        _FIELDS,
        "A missing contact time becomes `Today`, a missing By date a day long ago.",
        OURS.with_rules(field_reasons=lambda *_: 0, render=_today_when_empty),
    ),
    Fault(
        "past_by_date_taken",
        _FIELDS,
        "A By date in the past is accepted.",
        OURS.with_rules(field_reasons=lambda *given: field_reasons(*given) & ~int(Reason.BY_DATE_IN_PAST)),
    ),
    Fault(
        "by_date_today_refused",
        _FIELDS,
        "A By date of today is refused as one in the past.",
        OURS.with_rules(
            field_reasons=lambda *given: field_reasons(given[0], given[1], given[2], given[3], given[4] + 1)
        ),
    ),
    Fault(
        "contact_time_always_needed",
        _FIELDS,
        "A contact time is asked for by templates that declare none.",
        OURS.with_rules(
            field_reasons=lambda _, by_date, contact_time, day, today: field_reasons(
                1, by_date, contact_time, day, today
            )
        ),
    ),
    Fault(
        "last_message_not_shown",
        _FIELDS,
        "The dialog never shows the last message sent.",
        OURS._replace(pluto=_ForgetsTheLastMessage),
        _DIALOG,
    ),
    Fault(
        "preview_shows_the_bare_text",
        _FIELDS,
        "The preview shows the template without its fields filled in.",
        OURS._replace(pluto=_PreviewsTheBareText),
        "A history holds that a message was previewed, not the words that the preview showed.",
    ),
    Fault("link_in_a_text", _CONTENT, "Texts hold a link.", _saying("See www.example.com.")),
    Fault("telephone_number_in_a_text", _CONTENT, "Texts hold a stranger's number.", _saying("Call 0491 570 006.")),
    Fault("asks_to_reply", _CONTENT, "Texts invite a reply.", _saying("Text us YES.")),
    Fault(
        "names_the_customer", _CONTENT, "Texts begin with the customer's name.", OURS._replace(pluto=_NamesTheCustomer)
    ),
    Fault(
        "another_by_date",
        _CONTENT,
        "Texts name the day after the By date that was chosen.",
        OURS.with_rules(render=_by_another_date),
    ),
    Fault("wrong_sender", _SENDER, "The sender is `ChildSupp`.", misreading(cs_sender__sender="ChildSupp")),
    Fault("sender_too_long", _SENDER, "The sender is `Child Support`.", misreading(cs_sender__sender="Child Support")),
    Fault(
        "another_limit_text",
        _WORDS,
        "The limit shows another word.",
        misreading(cs_daily_limit__text="This customer has already received 5 text messages today"),
    ),
    Fault(
        "another_red_text",
        _WORDS,
        "The red text shows another word.",
        misreading(cs_opt_out__text="Customer has an SMS opt-out recorded"),
    ),
    Fault(
        "another_question",
        _WORDS,
        "The one-hour question lacks a word.",
        misreading(
            cs_hourly_confirmation__text="A desktop message has been sent to this customer in the last hour. "
            "Are you sure you want to send another one?"
        ),
    ),
    Fault(
        "red_text_only_when_first",
        _WORDS,
        "The red text does not show when the officer lacks access too.",
        OURS._replace(pluto=_RedWhenFirst),
    ),
    Fault(
        "first_reason_alone",
        _WORDS,
        "A refusal carries its first reason alone.",
        OURS._replace(pluto=_FirstReasonAlone),
    ),
)
