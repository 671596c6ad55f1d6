"""A tiny conversation with a system under test, in which every verb is called: which answer, and which break the
protocol. It judges no rule."""

from datetime import date
from typing import Any, NamedTuple

from fakes.messaging import BATCHES, SCREENS, VERBS, Plain
from sim.clock import MINUTE, clock
from sim.scenario.conversation import BrokenProtocol, Conversation, NotAnswered, NotKnown, SystemGone
from sim.scenario.systems.plug import plug_in
from sim.scenario.systems.protocol import CALLS

ANSWERS, NOT_SUPPORTED, NOT_ANSWERED, BROKEN, NOT_ASKED = (
    "answers", "not supported", "not answered", "breaks the protocol", "not asked",
)  # fmt: skip
_ZONE = "Australia/Sydney"
_DAY = date(2026, 9, 21).toordinal()
_TEN = 10 * 60 * MINUTE
_CUSTOMER, _OFFICER = 1, 101
_TOLD_BY = ("fact", "advance", "receipt", "run_batch")
_FACTS: tuple[tuple[str, Plain], ...] = (
    ("zone_recorded", {"value": _ZONE}),
    ("mobile_recorded", {"value": "valid"}),
    ("centrelink_recorded", {"value": True}),
    ("centrelink_mobile_recorded", {"value": "valid"}),
)
_REPORT = {
    "is_customer": True, "number_right": True, "subscribed": True, "relevant": True, "wants_out": False,
    "another_meant": False, "not_theirs": False, "representative": False,
}  # fmt: skip
_ADVICE: dict[str, Plain] = {
    "route": {"work": "other", "main_issue_claim": False},
    "claim": {"outcome": "grant", "ccm": False, "reached": False, "tried": False},
    "report": _REPORT,
}


class Tried(NamedTuple):
    """A verb, how it did, and what there is to say of it (what it told, why it is not supported, what is wrong)."""

    verb: str
    verdict: str
    remark: str


def probe(name: str) -> list[Tried]:
    """Try every verb of the system of this name, in the order of the protocol. Raises InputError for a name that cannot
    be a system, and SystemGone or BrokenProtocol when it does not even say what it supports."""
    with plug_in(name) as plugged:
        if plugged.gone:
            raise SystemGone(plugged.gone)
        now = clock(_ZONE).at(_DAY, _TEN)
        plugged.set_clock(now)
        conversation = Conversation(plugged.make(), plugged.set_clock)
        return _Probe(conversation, now).run()


class _Probe:
    def __init__(self, system: Conversation, now: int) -> None:
        self.system = system
        self.now = now
        self._found: dict[str, Tried] = {}
        self._seen: dict[str, list[str]] = {}

    def run(self) -> list[Tried]:
        self._try("begin", 1, {})
        for name, fields in _FACTS:
            self._try("fact", name, _CUSTOMER, fields)
        request = _request("pluto", "payment_received")
        self._try("open_dialog", request)
        self._try("preview", request)
        self._send("send", request)
        for verb in ("confirm", "cancel"):
            self.now += MINUTE
            self._question(verb, request)
        for screen in SCREENS:
            self._try("listing", screen, _CUSTOMER, {})
        self._try("create_em", _CUSTOMER)
        self._try("preview_em", _request("customer_first", "clk_pre_call"))
        self._send("send_em", _request("customer_first", "clk_pre_call"))
        for system in BATCHES:
            self._try("run_batch", system)
        for topic, fields in _ADVICE.items():
            self._try("advise", topic, _CUSTOMER, fields)
        self._try("next_due")
        return [self._found.get(verb, Tried(verb, NOT_ASKED, "nothing led to it")) for verb in CALLS]

    def _send(self, verb: str, request: Plain) -> None:
        """A press of Send, its hand-over, and the gateway's acknowledgement."""
        answer = self._try(verb, request)
        told = self._try("advance") or []
        for one in told:
            if one["event"] == "submitted":
                self._try("receipt", one["message"], "acknowledged", 0)
        if answer is not None and answer["outcome"] == "sent" and not any(one["event"] == "submitted" for one in told):
            self._note(Tried(verb, ANSWERS, "sent, but nothing was submitted by the advance after it"))

    def _question(self, verb: str, request: Plain) -> None:
        """Another Send within the hour, and a button of the question."""
        answer = self._try("send", request) if verb in self.system.supports else None
        if verb not in self.system.supports:
            self._try(verb)
        elif answer is not None and answer["outcome"] == "needs_confirmation":
            self._try(verb, answer["message"])
            self._try("advance")
        else:
            self._note(Tried(verb, NOT_ASKED, "a second Send within the hour asked no question"))

    def _try(self, verb: str, *given: Any) -> Any:
        """Call a verb; its worst result counts."""
        if verb in VERBS and verb not in self.system.supports:
            self._note(Tried(verb, NOT_SUPPORTED, ""))
            return None
        try:
            answer = getattr(self.system, verb)(self.now, *given)
        except NotAnswered as error:
            self._note(Tried(verb, NOT_ANSWERED, str(error)))
        except NotKnown as error:
            self._note(Tried(verb, NOT_SUPPORTED, str(error)))
        except BrokenProtocol as error:
            self._note(Tried(verb, BROKEN, str(error)))
        else:
            self._note(Tried(verb, ANSWERS, self._remark(verb, answer)))
            return answer
        return None

    def _remark(self, verb: str, answer: Any) -> str:
        """What it answered or told so far."""
        seen = self._seen.setdefault(verb, [])
        if verb in _TOLD_BY:
            seen += [one["event"] for one in answer if one["event"] not in seen]
        elif verb in ("send", "send_em", "confirm"):
            seen.append(" ".join([answer["outcome"], *answer["reasons"]]))
        words = ", ".join(seen)
        return f"told {words}" if words and verb in _TOLD_BY else words

    def _note(self, tried: Tried) -> None:
        before = self._found.get(tried.verb)
        order = (NOT_ASKED, NOT_SUPPORTED, ANSWERS, NOT_ANSWERED, BROKEN)
        if before is None or order.index(tried.verdict) >= order.index(before.verdict):
            self._found[tried.verb] = tried


def _request(system: str, template: str) -> Plain:
    return {
        "system": system, "customer": _CUSTOMER, "officer": _OFFICER, "template": template, "channel": None,
        "contact_time": None, "by_date": None, "payment_type": None, "access": 1,
    }  # fmt: skip
