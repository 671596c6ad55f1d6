"""A system under test that speaks the protocol as JSON over HTTP on loopback.

``POST /VERB`` carries an object with `run`, `now` (the simulated time, ms UTC) and what the verb gets; the answer is
status 200 with the verb's answer as JSON. ``GET /supports`` names the verbs, and is the health check. Every call has a
key (`Idempotency-Key`): a call that was not answered is made again with the same key, and is to be done only once.
"""

import json
import os
import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import urllib3
from urllib3.exceptions import HTTPError, NewConnectionError, TimeoutError

from fakes.messaging import Plain
from sim.errors import shown
from sim.scenario.conversation import BrokenProtocol, NotAnswered, SystemGone
from sim.scenario.systems.protocol import Supports, problem_with
from sim.scenario.systems.settings import Address, Patience

_OK, _EMPTY, _NOT_SUPPORTED = 200, 204, 501
_TRY_AGAIN = (429, 502, 503, 504)
_PAUSE_SECONDS = 0.1
_MOST_BYTES = 10_000_000
_MOST_LATE = 3
"""After so many calls in a row without an answer a system counts as gone."""
_WIDTH = 300


class Reply(NamedTuple):
    """What came back: the status and the body."""

    status: int
    body: bytes

    @property
    def text(self) -> str:
        """The body as it can be shown."""
        return self.body.decode("utf-8", "replace")


class Server:
    """One server for a whole session. `ended` says how its process ended; empty as long as that is not known."""

    def __init__(self, address: Address, patience: Patience, ended: Callable[[], str] = str) -> None:
        self._address, self._patience, self._ended = address, patience, ended
        self._pool = urllib3.HTTPConnectionPool(address.host, address.port, maxsize=1, retries=False)
        # Runs and calls are told apart from those of other sessions with the same server; no history holds these names.
        self._name = os.urandom(6).hex()
        self._runs = 0
        self._late = 0

    def new_run(self) -> "HttpSystem":
        """A system that starts afresh."""
        self._runs += 1
        return HttpSystem(self, f"{self._name}-{self._runs}")

    def supports(self) -> Supports:
        """What the server says of itself. Raises BrokenProtocol, NotAnswered or SystemGone."""
        reply = self._patiently("GET", "/supports", b"", "")
        answer = _answer_in("GET /supports", reply)
        problem = problem_with(Supports, answer)
        if reply.status != _OK or problem:
            raise _broken("GET /supports", reply, problem or "the status must be 200")
        return Supports.model_validate(answer)

    def is_up(self) -> bool:
        """Whether it answers at all now, whatever it says, unless it asks for another try."""
        try:
            return self._once("GET", "/supports", b"", "").status not in _TRY_AGAIN
        except HTTPError:
            return False

    def call(self, verb: str, body: Plain, key: str) -> Any:
        """The answer to a verb; raises as `Conversation` says, and NotImplementedError for what is not supported."""
        told = f"POST /{verb} {shown({name: part for name, part in body.items() if name != 'run'}, _WIDTH)}"
        reply = self._patiently("POST", f"/{verb}", json.dumps(body).encode(), key, told)
        if reply.status == _NOT_SUPPORTED:
            raise NotImplementedError(_why(reply.text))
        if reply.status == _EMPTY and not reply.body:
            return None
        if reply.status != _OK:
            raise _broken(told, reply, "the status must be 200, or 501 for what is not supported")
        return _answer_in(told, reply)

    def close(self) -> None:
        """Close its connections."""
        self._pool.close()

    def _patiently(self, method: str, path: str, body: bytes, key: str, told: str = "") -> Reply:
        """The reply, after as many tries as are allowed."""
        told, tries = told or f"{method} {path}", self._patience.tries
        trouble: BaseException | None = None
        for number in range(tries):
            if number:
                time.sleep(_PAUSE_SECONDS)
            try:
                reply = self._once(method, path, body, key)
            except HTTPError as error:
                trouble = error
                if self._ended():
                    break
                continue
            if reply.status not in _TRY_AGAIN:
                self._late = 0
                return reply
            trouble = _Busy(f"status {reply.status}")
        raise self._without_answer(told, trouble)

    def _without_answer(self, told: str, trouble: BaseException | None) -> Exception:
        """What it means that a call got no answer: the system is gone, or broke off, or was late."""
        ended, tries = self._ended(), self._patience.tries
        if ended:
            return SystemGone(f"the system does not answer: {ended} (at {told})")
        if isinstance(trouble, NewConnectionError):
            return SystemGone(f"the system does not answer: nothing listens there (at {told})")
        late = isinstance(trouble, TimeoutError | _Late | _Busy)
        what = f"answered with {trouble}" if isinstance(trouble, _Busy) else "did not answer in time"
        times = f"tried {tries} time(s), {self._patience.answer_seconds:g} s each"
        self._late += 1
        if self._late >= _MOST_LATE or not self.is_up():
            ended = self._ended()
            return SystemGone(f"the system does not answer: {ended or f'it {what}'} (at {told}, {times})")
        if late:
            return NotAnswered(f"the system {what} ({told.partition(' {')[0]}, {times})")
        return BrokenProtocol(f"{told} was not answered: the connection was closed ({times})")

    def _once(self, method: str, path: str, body: bytes, key: str) -> Reply:
        """One try. Raises urllib3's HTTPError when no whole reply comes in time."""
        deadline = time.monotonic() + self._patience.answer_seconds
        headers = {"Accept": "application/json"}
        if method == "POST":
            headers |= {"Content-Type": "application/json", "Idempotency-Key": key}
        response = self._pool.urlopen(
            method, self._address.path + path, body=body or None, headers=headers, preload_content=False,
            redirect=False, timeout=self._patience.answer_seconds,
        )  # fmt: skip
        text = b""
        try:
            while part := response.read1(65_536):
                text += part
                if time.monotonic() > deadline or len(text) > _MOST_BYTES:
                    response.close()
                    raise _Late
        finally:
            response.release_conn()
        return Reply(response.status, text)


class HttpSystem:
    """One run of a server as a `MessagingSystem`."""

    def __init__(self, server: Server, run: str) -> None:
        self._server, self._run = server, run
        self._calls = 0
        self._now = 0

    def supports(self) -> list[str]:
        return list(self._server.supports().supports)

    def begin(self, now: int, seed: int, policy: Mapping[str, object]) -> Any:
        return self._call("begin", now, seed=seed, policy=policy)

    def fact(self, now: int, name: str, customer: int, fields: Mapping[str, Any]) -> Any:
        return self._call("fact", now, name=name, customer=customer, fields=fields)

    def open_dialog(self, now: int, request: Plain) -> Any:
        return self._call("open_dialog", now, request=request)

    def preview(self, now: int, request: Plain) -> Any:
        return self._call("preview", now, request=request)

    def send(self, now: int, request: Plain) -> Any:
        return self._call("send", now, request=request)

    def confirm(self, now: int, message: int | str) -> Any:
        return self._call("confirm", now, message=message)

    def cancel(self, now: int, message: int | str) -> Any:
        return self._call("cancel", now, message=message)

    def listing(self, now: int, screen: str, customer: int, filters: Mapping[str, Any]) -> Any:
        return self._call("listing", now, screen=screen, customer=customer, filters=filters)

    def create_em(self, now: int, customer: int) -> Any:
        return self._call("create_em", now, customer=customer)

    def preview_em(self, now: int, request: Plain) -> Any:
        return self._call("preview_em", now, request=request)

    def send_em(self, now: int, request: Plain) -> Any:
        return self._call("send_em", now, request=request)

    def run_batch(self, now: int, system: str) -> Any:
        return self._call("run_batch", now, system=system)

    def advise(self, now: int, topic: str, customer: int, fields: Mapping[str, Any]) -> Any:
        return self._call("advise", now, topic=topic, customer=customer, fields=fields)

    def next_due(self) -> Any:
        return self._call("next_due", self._now)

    def advance(self, now: int) -> Any:
        return self._call("advance", now)

    def receipt(self, now: int, message: int | str, event: str, value: int) -> Any:
        return self._call("receipt", now, message=message, event=event, value=value)

    def _call(self, verb: str, now: int, **given: Any) -> Any:
        self._calls += 1
        self._now = now
        return self._server.call(verb, {"run": self._run, "now": now, **given}, f"{self._run}-{self._calls}")


class _Late(HTTPError):
    """The reply was longer, or took longer, than is allowed."""


class _Busy(Exception):
    """The server asks for another try."""


def _answer_in(told: str, reply: Reply) -> Any:
    try:
        return json.loads(reply.body.decode("utf-8"), parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise _broken(told, reply, "the answer is not JSON") from None


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is not JSON")


def _broken(told: str, reply: Reply, problem: str) -> BrokenProtocol:
    return BrokenProtocol(f"{told} answered status {reply.status} {shown(reply.text, _WIDTH)}: {problem}")


def _why(text: str) -> str:
    """The reason that came with a 501: the text `why` of an object, or nothing."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    why = found.get("why") if isinstance(found, dict) else ""
    return why[:_WIDTH] if isinstance(why, str) else ""
