"""A difference (or a breach in somebody's log) as a minimal scenario: one customer, and only the steps that it needs.

What was drafted is played by our system under the one policy and the other; whatever can be left out while the
difference stays is left out, and the rest expects what the changed policy does. The file is played once more as pytest
would play it before anybody gets it.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from fakes.our_systems import OurMessagingSystem
from sim.clock import AGENCY_ZONE, clock
from sim.errors import InputError
from sim.history import Event
from sim.messages import Outcome, reason_names
from sim.policy.policy import Policy
from sim.replay.differences import Change, Difference
from sim.replay.drafts import JUDGED, NIGHTLY, WHO, Draft, Undraftable, draft, local
from sim.replay.fact_words import Data
from sim.replay.fates import NOT_WAITING, of_history
from sim.replay.recordings import sets_of
from sim.replay.stream import Stream
from sim.scenario.conversation import BrokenProtocol, Conversation, leave_clock
from sim.scenario.expand import Item, read_scenarios
from sim.scenario.expectations import judge_steps
from sim.scenario.played import Played
from sim.scenario.player import play
from sim.scenario.session import Options, run_items

_MOST_TRIED = 12
"""How many differences are tried before it is said that none can be written."""
_MOST_NIGHTS = 400
_BY_QUESTION = (Change.ASKED, Change.NOT_ASKED)
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_TIMES = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9:.]+[+-][0-9]{2}:[0-9]{2})?")
_WORDS = ("true", "false", "null", "yes", "no", "on", "off", "y", "n")
_NOTHING = ("nothing",)

Seen = tuple[Any, ...] | None


@dataclass(frozen=True)
class Minimal:
    """A scenario file's text, and the difference that it shows."""

    text: str
    shows: Difference


@dataclass(frozen=True)
class Wanted:
    """What is to be shown, under the policies that were in force at an instant (ms UTC), and would have been. `before`
    is None for a breach in a log: then only what the rules demand is expected."""

    before: Callable[[int], Policy] | None
    after: Callable[[int], Policy]
    rules: tuple[str, ...]
    title: Callable[[Difference], str]
    remark: Callable[[Difference], str]


def minimal(stream: Stream, differences: Iterable[Difference], kinds: Sequence[str], wanted: Wanted) -> Minimal | None:
    """The scenario of the first of the differences that can be written as one: in the order of `kinds`, and of each
    those of customers with the shortest story first. None when none can."""
    lengths: dict[int, int] = {}
    for came in stream.inputs:
        customer = getattr(came.what, "customer", 0)
        lengths[customer] = lengths.get(customer, 0) + 1
    order = {kind: place for place, kind in enumerate(kinds)}
    ordered = sorted(
        differences,
        key=lambda one: (order.get(one.change, len(order)), lengths.get(one.customer, 0), one.time, one.message),
    )
    for one in ordered[:_MOST_TRIED]:
        try:
            drafted = draft(stream, one, wanted.after(one.time))
        except Undraftable:
            continue
        with TemporaryDirectory() as folder:
            text = _Shrinker(drafted, one, wanted, Path(folder) / "scenario.yaml").text()
        if text:
            return Minimal(text, one)
    return None


class _Shrinker:
    """Leaves out of a draft whatever the difference does not need."""

    def __init__(self, drafted: Draft, one: Difference, wanted: Wanted, path: Path) -> None:
        self._draft, self._one, self._wanted, self._path = drafted, one, wanted, path
        self._policy = wanted.after(one.time)
        self._after = _plain_sets(sets_of(self._policy))
        self._before = None if wanted.before is None else _plain_sets(sets_of(wanted.before(one.time)))
        self._data: Data = {
            "emsim": 1, "kind": "scenario", "title": wanted.title(one), "rules": self._rules(), "policy": {},
            **drafted.data,
        }  # fmt: skip
        self._target: Data = self._data["steps"][drafted.target]
        self._shown: Seen = None

    def text(self) -> str:
        """The file's text; empty when the difference is not there in a scenario, or our system fails it."""
        self._shown = self._seen(self._data, self._after)
        if not self._is_as_replayed(self._shown) or not self._differs(self._data):
            return ""
        self._drop_steps()
        # Without what is on record something else may be wrong with the message, and the audit would say so.
        whole, target = self._data, self._target
        for shorten in (self._shorten, lambda: None):
            self._data, self._target = deepcopy_but_steps(whole), target
            shorten()
            self._expect()
            text = self._written(self._data, self._after)
            if self._passes(text):
                return text
        return ""

    def _shorten(self) -> None:
        self._drop_parts()
        self._begin_later()

    def _rules(self) -> list[str]:
        named = [self._one.rule, *self._wanted.rules]
        return [rule for rule in dict.fromkeys(named) if rule in self._policy.rules]

    # Playing

    def _item(self, text: str) -> Item:
        self._path.write_text(text, encoding="utf-8")
        (item,) = read_scenarios(self._path)
        return item

    def _played(self, data: Data, sets: Data) -> Played | None:
        try:
            item = self._item(self._written(data, sets))
            played = play(item, Conversation(OurMessagingSystem(), leave_clock))
        except (InputError, BrokenProtocol):
            return None
        return None if played.broken else played

    def _seen(self, data: Data, sets: Data) -> Seen:
        """What becomes of the message in question (or of the debt message on the night); None when it cannot be
        played."""
        played = self._played(data, sets)
        if played is None:
            return None
        told = of_history(played.history)
        place = data["steps"].index(self._target)
        time = played.item.times["steps", place, "at"]
        if self._draft.night:
            night = told.nights.get((1, self._one.template, clock(AGENCY_ZONE).day(time)))
            goes = [fate for fate in told.fates.values() if (fate.template, fate.pressed) == (self._one.template, time)]
            return ("goes",) if goes else ("waits", night and (night.reasons, night.winner))
        attempt = played.attempts.get(JUDGED)
        fate = told.fates.get(attempt.number) if attempt else None
        if fate is None:
            return _NOTHING
        return (fate.asked, fate.answer == Outcome.REFUSED) if self._one.change in _BY_QUESTION else fate.decision()

    def _is_as_replayed(self, seen: Seen) -> bool:
        """Whether the draft, played under the changed policy, gives what the replay of the whole log gave."""
        after, change = self._one.after, self._one.change
        if self._draft.night and change in NIGHTLY:
            return seen is not None and (seen[0] == "goes") == (change in (Change.RELEASED, Change.EARLIER_NIGHT))
        if after is None or seen is None or seen == _NOTHING:
            return False
        if self._draft.night:  # what the system refuses to issue in the replay is suppressed by a run
            return seen[0] == "waits" and seen[1] is not None and seen[1][0] == after.reasons
        if change in _BY_QUESTION:
            return seen == (after.asked, after.answer == Outcome.REFUSED)
        # Releases that are spread have an instant by the customer, who is another one here.
        spread = self._before is not None
        return _without_instants(seen) == _without_instants(after.decision()) if spread else seen == after.decision()

    def _differs(self, data: Data) -> bool:
        """Whether a draft still shows the same: what the changed policy does, and that the other does not do it."""
        if self._seen(data, self._after) != self._shown:
            return False
        return self._before is None or self._seen(data, self._before) not in (None, self._shown)

    def _passes(self, text: str) -> bool:
        (result,) = run_items([self._item(text)], Options())
        if result.failures or result.unknown:
            return False
        if self._before is None:
            return True
        other = self._played(self._data, self._before)
        return other is not None and bool(judge_steps(other).failures)

    # Leaving out

    def _drop_steps(self) -> None:
        """Runs of steps, from half of them down to single ones, until nothing more can go."""
        size = max(1, len(self._data["steps"]) // 2)
        while True:
            dropped = False
            place = 0
            while place < len(self._data["steps"]):
                steps = self._data["steps"]
                kept = [step for at, step in enumerate(steps) if not place <= at < place + size or step is self._target]
                if len(kept) < len(steps) and self._try({**self._data, "steps": kept}):
                    dropped = True
                else:
                    place += size
            if size == 1 and not dropped:
                return
            size = max(1, size // 2)

    def _drop_parts(self) -> None:
        """Parts of the customer, of what Centrelink has on record, of debts, and officers whom nobody needs."""
        for route in list(_routes(self._data["customers"])):
            data = deepcopy_but_steps(self._data)
            part = data["customers"]
            try:
                for name in route[:-1]:
                    part = part[name]
                del part[route[-1]]
            except KeyError:
                continue
            # The nightly runs are those of a customer who owes something.
            if "debts" not in self._data["customers"][WHO] or data["customers"][WHO].get("debts"):
                self._try(data)
        for place, step in enumerate(self._data["steps"]):
            if "answer" in step.get("send", {}):
                send = {name: part for name, part in step["send"].items() if name != "answer"}
                self._try_step(place, {**step, "send": send})
        for name in list(self._data.get("officers", {})):
            data = deepcopy_but_steps(self._data)
            del data["officers"][name]
            self._try(data if data["officers"] else {key: part for key, part in data.items() if key != "officers"})

    def _try_step(self, place: int, step: Data) -> None:
        """Another step in the place of this one."""
        steps, target = self._data["steps"], self._target
        if steps[place] is target:
            self._target = step
        if not self._try({**self._data, "steps": [*steps[:place], step, *steps[place + 1 :]]}):
            self._target = target

    def _begin_later(self) -> None:
        """Nightly runs before the one in question that nothing turns on."""
        if "start" not in self._data:
            return
        if self._try({key: part for key, part in self._data.items() if key != "start"}):
            return
        played = self._played(self._data, self._after)
        agency = clock(AGENCY_ZONE)
        if played is None:
            return
        last = agency.day(played.item.times["steps", self._data["steps"].index(self._target), "at"])
        back = 1
        while back < _MOST_NIGHTS:
            if self._try({**self._data, "start": local(agency, agency.midnight(last - back))}):
                return
            back *= 2

    def _try(self, data: Data) -> bool:
        if not self._differs(data):
            return False
        self._data = data
        return True

    # What is expected

    def _expect(self) -> None:
        """What the changed policy does, as it was played."""
        played = self._played(self._data, self._after)
        assert played is not None
        place = self._data["steps"].index(self._target)
        expected: Data = {}
        if "run_batch" in self._target:
            shown = played.results[place]
            expected = {name: shown[name] for name in ("picked", "suppressed")}
        here = clock(played.item.scenario.customers[WHO].zone or AGENCY_ZONE)
        if "send" in self._target:
            answer = played.results[place][0]
            expected = {"outcome": answer["outcome"], "reasons": answer["reasons"]}
            if answer["outcome"] == "held":
                expected["due"] = local(here, answer["due"])
        if expected:
            self._try_step(place, {**self._target, "expect": expected})
        attempt = played.attempts.get(JUDGED)
        if attempt is None or self._one.change in _BY_QUESTION:
            return
        fate = of_history(played.history).fates[attempt.number]
        end: Data = {"outcome": Outcome(fate.final).name.lower()}
        if fate.final in (Outcome.REFUSED, Outcome.WITHDRAWN):
            end["reasons"] = reason_names(fate.reasons)
        handed = [row["time"] for row in played.history.select(Event.HANDED_OVER) if row["message"] == attempt.number]
        if handed:
            end["handed_over"] = local(here, handed[-1])
        self._data["end"] = {"messages": {JUDGED: end}}

    # Writing

    def _written(self, data: Data, sets: Data) -> str:
        lines = [*(f"# {line}" for line in self._wanted.remark(self._one).splitlines())]
        for name in ("emsim", "kind", "title", "rules", "policy", "customers", "officers", "start"):
            part = sets if name == "policy" else data.get(name)
            if part is None or part in ({}, []):
                continue
            if name in ("customers", "officers"):
                lines += [f"{name}:", *(f"  {who}: {flow(given)}" for who, given in part.items())]
            else:
                lines.append(f"{name}: {flow(part)}")
        lines.append("steps:")
        for step in data["steps"]:
            head, *rest = step.items()
            lines.append(f"  - {head[0]}: {flow(head[1])}")
            lines += [f"    {name}: {flow(part)}" for name, part in rest]
        if "end" in data:
            lines += ["end:", "  messages:"]
            lines += [f"    {name}: {flow(part)}" for name, part in data["end"]["messages"].items()]
        return "\n".join(lines) + "\n"


def _without_instants(decision: tuple[object, ...]) -> tuple[object, ...]:
    """What was decided, and whether it waits at all."""
    asked, answer, reasons, waits, withdrawn = decision
    return asked, answer, reasons, waits != NOT_WAITING, withdrawn


def deepcopy_but_steps(data: Data) -> Data:
    """A copy whose customers and officers can be changed; steps stay the same objects."""
    return {key: part if key == "steps" else deepcopy(part) for key, part in data.items()}


def _routes(customers: Mapping[str, Any], above: tuple[str, ...] = ()) -> Iterable[tuple[str, ...]]:
    """Every part that may be left out, the whole before its parts."""
    for name, part in customers.items():
        route = (*above, name)
        if len(route) > 1 and not (len(route) == 2 and name == "zone"):
            yield route
        if isinstance(part, dict):
            yield from _routes(part, route)


def _plain_sets(sets: Mapping[str, object]) -> Data:
    """Policy values as a scenario file takes them: lists as texts."""
    return {name: ",".join(map(str, value)) if isinstance(value, list) else value for name, value in sets.items()}


def flow(value: object) -> str:
    """A value on one line of YAML."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {flow(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(flow(part) for part in value) + "]"
    if isinstance(value, str):
        plain = _PLAIN.fullmatch(value) and value.lower() not in _WORDS
        return value if plain or _TIMES.fullmatch(value) else json.dumps(value, ensure_ascii=False)
    return str(value)
