"""Talking to the system under test: every answer is checked against the protocol before anybody believes it."""

from collections.abc import Callable
from datetime import date
from typing import Any

from fakes.messaging import VERBS, MessagingSystem, Plain
from sim.errors import shown
from sim.messages import Reason, ReportAction, Status

SetClock = Callable[[int], None]
"""Binds the wall clock to an instant (ms UTC) while a system runs."""

_OUTCOMES = ("sent", "held", "refused", "needs_confirmation")
_CHANNELS = ("sms", "email", "mygov")
_REASONS = frozenset(str(reason.name).lower() for reason in Reason)
_SYSTEMS = ("pluto", "cuba", "customer_first", "dmis", "sap")
_SPANS = ("eligible", "eligible_ended", "suppressed", "suppressed_ended")
_WITHHELD = (None, "ccm", "online_mail", "reached_by_phone")
_ACTIONS = frozenset(action.name.lower() for action in ReportAction)
_STATUSES = frozenset(status.name.lower() for status in Status)
_CLAIMS = ("held_again", "withdrawn", "sent_claimed", "viewable", "status_claimed", "bounced", "marked_error")
_WIDTH = 300


class BrokenProtocol(RuntimeError):
    """The system answered outside the protocol, or failed; the text holds the call and the answer."""


def leave_clock(now: int) -> None:
    """For systems that take the time from the calls alone."""


class Conversation:
    """The system under test with checked answers; `supports` are the verbs that it has."""

    def __init__(self, system: MessagingSystem, set_clock: SetClock = leave_clock) -> None:
        self._system = system
        self._set_clock = set_clock
        supports = self._call("supports")
        if not isinstance(supports, list | tuple) or not all(verb in VERBS for verb in supports):
            raise BrokenProtocol(f"supports() answered {shown(supports, _WIDTH)} (allowed: {', '.join(VERBS)})")
        self.supports = tuple(supports)

    def begin(self, now: int, seed: int, policy: Plain) -> None:
        self._timed("begin", now, seed, policy)

    def fact(self, now: int, name: str, customer: int, fields: Plain) -> list[Plain]:
        return self._told("fact", now, name, customer, fields)

    def open_dialog(self, now: int, request: Plain) -> Plain:
        return self._mapping("open_dialog", now, request)

    def preview(self, now: int, request: Plain) -> str:
        text = self._timed("preview", now, request)
        if not isinstance(text, str):
            raise BrokenProtocol(f"preview({shown(request, _WIDTH)}) answered {shown(text, _WIDTH)}, which is no text")
        return text

    def send(self, now: int, request: Plain) -> Plain:
        return self._answer("send", now, request)

    def confirm(self, now: int, message: int | str) -> Plain:
        return self._answer("confirm", now, message)

    def cancel(self, now: int, message: int | str) -> None:
        self._timed("cancel", now, message)

    def listing(self, now: int, screen: str, customer: int, filters: Plain) -> list[Plain]:
        lines = self._timed("listing", now, screen, customer, filters)
        if not isinstance(lines, list) or not all(isinstance(line, dict) for line in lines):
            raise BrokenProtocol(f"listing({screen!r}) answered {shown(lines, _WIDTH)}, which is no list of lines")
        return lines

    def create_em(self, now: int, customer: int) -> Plain:
        answer = self._mapping("create_em", now, customer)
        if not isinstance(answer.get("documents"), dict):
            raise BrokenProtocol(f"create_em answered {shown(answer, _WIDTH)}: it names no documents")
        return answer

    def preview_em(self, now: int, request: Plain) -> Plain:
        answer = self._mapping("preview_em", now, request)
        if not isinstance(answer.get("text"), str) or not _is_texts(answer.get("buttons")):
            raise BrokenProtocol(f"preview_em answered {shown(answer, _WIDTH)}: it needs a text and buttons")
        return answer

    def send_em(self, now: int, request: Plain) -> Plain:
        return self._answer("send_em", now, request)

    def run_batch(self, now: int, system: str) -> list[Plain]:
        return self._told("run_batch", now, system)

    def advise(self, now: int, topic: str, customer: int, fields: Plain) -> Plain:
        answer = self._mapping("advise", now, topic, customer, fields)
        problem = _wrong_advice(topic, answer)
        if problem:
            given = shown((topic, customer, fields), _WIDTH)
            raise BrokenProtocol(f"advise{given} answered {shown(answer, _WIDTH)}: {problem}")
        return answer

    def next_due(self, now: int) -> int | None:
        due = self._call("next_due")
        if due is not None and (not _is_whole(due) or due < now - 1):
            raise BrokenProtocol(f"next_due() answered {shown(due)} at {now}")
        return None if due is None else int(due)

    def advance(self, now: int) -> list[Plain]:
        return self._told("advance", now)

    def receipt(self, now: int, message: int | str, event: str, value: int) -> list[Plain]:
        return self._told("receipt", now, message, event, value)

    def _call(self, verb: str, *given: Any) -> Any:
        try:
            return getattr(self._system, verb)(*given)
        except Exception as error:
            what = " ".join(f"{type(error).__name__}: {error}".split())
            raise BrokenProtocol(f"{verb}{shown(given, _WIDTH)} failed with {what}") from error

    def _timed(self, verb: str, now: int, *given: Any) -> Any:
        self._set_clock(now)
        return self._call(verb, now, *given)

    def _mapping(self, verb: str, now: int, *given: Any) -> Plain:
        answer = self._timed(verb, now, *given)
        if not isinstance(answer, dict):
            raise BrokenProtocol(f"{verb}{shown(given, _WIDTH)} answered {shown(answer, _WIDTH)}, which is no mapping")
        return answer

    def _answer(self, verb: str, now: int, *given: Any) -> Plain:
        answer = self._mapping(verb, now, *given)
        problem = _wrong_answer(answer, now)
        if problem:
            raise BrokenProtocol(f"{verb}{shown(given, _WIDTH)} answered {shown(answer, _WIDTH)}: {problem}")
        return answer

    def _told(self, verb: str, now: int, *given: Any) -> list[Plain]:
        told = self._timed(verb, now, *given)
        if not isinstance(told, list) or not all(isinstance(one, dict) for one in told):
            raise BrokenProtocol(f"{verb}{shown(given, _WIDTH)} answered {shown(told, _WIDTH)}, which is no list")
        for one in told:
            problem = _wrong_claim(one, now)
            if problem:
                raise BrokenProtocol(f"{verb} told {shown(one, _WIDTH)}: {problem}")
        return told


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _is_reasons(value: object) -> bool:
    return _is_texts(value) and isinstance(value, list) and all(one in _REASONS for one in value)


def _wrong_answer(answer: Plain, now: int) -> str:
    outcome, reasons, due = answer.get("outcome"), answer.get("reasons"), answer.get("due")
    if not isinstance(answer.get("message"), int | str):
        return "it names no message"
    if outcome not in _OUTCOMES:
        return f"the outcome must be one of {', '.join(_OUTCOMES)}"
    if not _is_reasons(reasons):
        return "the reasons must be a list of known reasons"
    if (outcome == "refused") != bool(reasons):
        return "a refusal has reasons and nothing else has"
    if outcome in ("sent", "held") and not (_is_whole(due) and due is not None and due >= now):
        return "what was issued is due at an instant that is not before the Send"
    if not isinstance(answer.get("shown", ""), str) or answer.get("channel", "sms") not in _CHANNELS:
        return "what is shown is a text, and the channel one of " + ", ".join(_CHANNELS)
    return ""


def _wrong_claim(claim: Plain, now: int) -> str:
    event, value = claim.get("event"), claim.get("value", 0)
    if event == "submitted":
        texts = all(isinstance(claim.get(name), str) for name in ("sender", "text"))
        return "" if texts and claim.get("channel") in _CHANNELS[:2] else "it needs sender, text and channel"
    if event == "begun":
        return _wrong_begin(claim, now)
    if event in _SPANS:
        return _wrong_span(claim)
    if event not in _CLAIMS:
        return f"the event must be one of submitted, begun, {', '.join((*_SPANS, *_CLAIMS))}"
    if event == "status_claimed":
        return "" if value in _STATUSES else f"the status must be one of {', '.join(sorted(_STATUSES))}"
    if not _is_whole(value):
        return "its value must be a whole number"
    return "" if all(reason in _REASONS for reason in claim.get("reasons", ())) else "unknown reasons"


def _wrong_begin(claim: Plain, now: int) -> str:
    if claim.get("system") not in _SYSTEMS or not isinstance(claim.get("template"), str):
        return "a message that is begun names its system and its template"
    if claim.get("channel") not in _CHANNELS[:2] or not _is_whole(claim.get("customer")):
        return "a message that is begun names its channel and its customer"
    if claim.get("outcome") == "needs_confirmation":
        return "nobody is asked about a message that a system begins by itself"
    return _wrong_answer(claim, now)


def _wrong_span(claim: Plain) -> str:
    if claim.get("system") not in _SYSTEMS or not isinstance(claim.get("template"), str):
        return "a span names its system and its template"
    if not _is_whole(claim.get("customer")) or not isinstance(claim.get("winner", ""), str | None):
        return "a span names its customer, and a winner or None"
    try:
        date.fromisoformat(claim.get("day", ""))
    except (TypeError, ValueError):
        return "the day of a span is an ISO date"
    return "" if _is_reasons(claim.get("reasons")) else "the reasons must be a list of known reasons"


def _wrong_advice(topic: str, answer: Plain) -> str:
    if topic == "route":
        known = answer.get("system") in ("pluto", "customer_first")
        return "" if known else "the system must be pluto or customer_first"
    if topic == "claim":
        known = isinstance(answer.get("template"), str | None) and answer.get("withheld") in _WITHHELD
        return "" if known else "it needs a template or None, and why it is withheld or None"
    actions = answer.get("actions")
    known = _is_texts(actions) and isinstance(actions, list) and all(one in _ACTIONS for one in actions)
    return "" if known else "the actions must be a list of known actions"
