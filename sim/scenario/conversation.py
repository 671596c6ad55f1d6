"""Talking to the system under test: every answer is checked against the protocol before anybody believes it."""

import traceback
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

from fakes.messaging import SUPPORTABLE, MessagingSystem, Plain
from sim.errors import shown
from sim.scenario.systems.protocol import problem_of

SetClock = Callable[[int], None]
"""Binds the wall clock to an instant (ms UTC) while a system runs."""

_WIDTH = 300


class BrokenProtocol(RuntimeError):
    """The system answered outside the protocol, or failed; the text holds the call and the answer."""


class NotKnown(RuntimeError):
    """There is no answer to go by: what depends on it is unknown. The text says why."""


class NotSupported(NotKnown):
    """The system does not do this: nothing has happened."""


class NotAnswered(NotKnown):
    """No answer came in time: whether it was done is not known."""


class SystemGone(RuntimeError):
    """The system does not answer any more; the text says since when and why."""


def leave_clock(now: int) -> None:
    """For systems that take the time from the calls alone."""


def _place(error: BaseException) -> str:
    """Where an exception was raised: file and line."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(frame.filename).name}:{frame.lineno}"


class Conversation:
    """The system under test with checked answers; `supports` are those of `SUPPORTABLE` that it has.

    Every verb raises BrokenProtocol, NotSupported, NotAnswered or SystemGone.
    """

    def __init__(self, system: MessagingSystem, set_clock: SetClock = leave_clock) -> None:
        self._system = system
        self._set_clock = set_clock
        supports = self._call("supports")
        if not isinstance(supports, list | tuple) or not all(one in SUPPORTABLE for one in supports):
            raise BrokenProtocol(f"supports() answered {shown(supports, _WIDTH)} (allowed: {', '.join(SUPPORTABLE)})")
        self.supports = tuple(supports)

    def begin(self, now: int, seed: int, policy: Plain) -> None:
        self._ask("begin", now, seed, policy)

    def fact(self, now: int, name: str, customer: int, fields: Plain) -> list[Plain]:
        return self._told("fact", now, name, customer, fields)

    def open_dialog(self, now: int, request: Plain) -> Plain:
        return self._mapping("open_dialog", now, request)

    def preview(self, now: int, request: Plain) -> str:
        return str(self._ask("preview", now, request))

    def send(self, now: int, request: Plain) -> Plain:
        return self._answer("send", now, request)

    def confirm(self, now: int, message: int | str) -> Plain:
        return self._answer("confirm", now, message)

    def cancel(self, now: int, message: int | str) -> None:
        self._ask("cancel", now, message)

    def listing(self, now: int, screen: str, customer: int, filters: Plain) -> list[Plain]:
        lines: list[Plain] = self._ask("listing", now, screen, customer, filters)
        return lines

    def create_em(self, now: int, customer: int) -> Plain:
        return self._mapping("create_em", now, customer)

    def preview_em(self, now: int, request: Plain) -> Plain:
        return self._mapping("preview_em", now, request)

    def send_em(self, now: int, request: Plain) -> Plain:
        return self._answer("send_em", now, request)

    def run_batch(self, now: int, system: str) -> list[Plain]:
        return self._told("run_batch", now, system)

    def advise(self, now: int, topic: str, customer: int, fields: Plain) -> Plain:
        advice: Plain = self._ask("advise", now, topic, customer, fields, topic=topic)
        return advice

    def next_due(self, now: int) -> int | None:
        due = self._call("next_due")
        if due is not None and due < now - 1:
            raise BrokenProtocol(f"next_due() answered {due} at {now}, which is past")
        return None if due is None else int(due)

    def advance(self, now: int) -> list[Plain]:
        return self._told("advance", now)

    def receipt(self, now: int, message: int | str, event: str, value: int) -> list[Plain]:
        return self._told("receipt", now, message, event, value)

    def _call(self, verb: str, *given: Any, topic: str = "") -> Any:
        """The answer to a call, as the protocol has it. Copies go to and fro: nobody changes what another keeps."""
        try:
            answer = deepcopy(getattr(self._system, verb)(*deepcopy(given)))
        except (BrokenProtocol, NotKnown, SystemGone):
            raise
        except NotImplementedError as error:
            why = " ".join(str(error).split())
            raise NotSupported(f"the system does not support {verb}" + (f": {why}" if why else "")) from error
        except (Exception, SystemExit) as error:
            what = " ".join(f"{type(error).__name__}: {error}".split())
            raise BrokenProtocol(f"{verb}{shown(given, _WIDTH)} failed with {what} ({_place(error)})") from error
        problem = problem_of(verb, answer, topic) if verb != "supports" else ""
        if problem:
            raise BrokenProtocol(f"{verb}{shown(given, _WIDTH)} answered {shown(answer, _WIDTH)}: {problem}")
        return answer

    def _ask(self, verb: str, now: int, *given: Any, topic: str = "") -> Any:
        self._set_clock(now)
        return self._call(verb, now, *given, topic=topic)

    def _mapping(self, verb: str, now: int, *given: Any) -> Plain:
        answer: Plain = self._ask(verb, now, *given)
        return answer

    def _told(self, verb: str, now: int, *given: Any) -> list[Plain]:
        told: list[Plain] = self._ask(verb, now, *given)
        for one in told:
            if one.get("event") == "begun":
                self._not_past(verb, now, one)
        return told

    def _answer(self, verb: str, now: int, *given: Any) -> Plain:
        answer = self._mapping(verb, now, *given)
        self._not_past(verb, now, answer)
        return answer

    @staticmethod
    def _not_past(verb: str, now: int, answer: Plain) -> None:
        if answer["outcome"] in ("sent", "held") and answer["due"] < now:
            raise BrokenProtocol(f"{verb} answered {shown(answer, _WIDTH)} at {now}: it is due before that")
