"""What a planted fault is, and the ways in which one is planted.

A fault is ours with as little replaced as can be: a function of the rules, a class, or what a class is given. It serves
the scenarios (`fakes.our_systems.OurMessagingSystem(fault.machinery)`) and generated loads
(``sim.run(…, machinery=fault.machinery)``) alike.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

from fakes.centrelink_sender import CentrelinkSender
from fakes.dispatch import Dispatch
from fakes.machinery import OURS, Machinery
from fakes.sender import Sender
from sim.policy.policy import Policy

SENDERS = ("pluto", "automatic", "customer_first", "dmis", "sap")
"""The parts of a `Machinery` that send messages."""
CHILD_SUPPORT = ("pluto", "automatic")
CENTRELINK = ("customer_first", "dmis", "sap")


class Fault(NamedTuple):
    """One planted fault: what is wrong (`what`, a sentence), the rule that it breaks, and the broken systems.

    `why_not_visible` is empty where a history can show it; otherwise it says why none can.
    """

    name: str
    rule: str
    what: str
    machinery: Machinery
    why_not_visible: str = ""


def given(change: Callable[[Any], Any], systems: tuple[str, ...] = SENDERS) -> Machinery:
    """Ours, where `systems` are built in changed surroundings: `change` takes and gives a `Surroundings` (or a
    `CentrelinkSurroundings`)."""

    def changed(system: type[Any]) -> type[Any]:
        class Changed(system):  # type: ignore[misc]
            def __init__(self, around: Any, *others: Any) -> None:
                super().__init__(change(around), *others)

        return Changed

    return _with({name: changed(getattr(OURS, name)) for name in systems})


def misreading(**values: object) -> Machinery:
    """Ours, where every sending system takes these values of the policy, whatever is in force. Names are written with
    a double underscore for the dot and underscores for dashes: ``cs_daily_limit__limit=6``."""
    named = {name.partition("__"): value for name, value in values.items()}
    changes = [(rule.replace("_", "-"), key, value) for (rule, _, key), value in named.items()]

    def change(around: Any) -> Any:
        policy: Policy = around.policy
        for rule, key, value in changes:
            policy = _with_value(policy, rule, key, value)
        return around._replace(policy=policy)

    return given(change)


def _with_value(policy: Policy, rule: str, key: str, value: object) -> Policy:
    one = policy.rules[rule]
    values = {**one.values, key: replace(one.values[key], value=value)}
    return replace(policy, rules={**policy.rules, rule: replace(one, values=values)})


def handing_over(dispatch: type[Dispatch], systems: tuple[str, ...] = SENDERS) -> Machinery:
    """Ours, where `systems` hold and hand over by another class."""
    return _with({name: _dispatching(getattr(OURS, name), dispatch) for name in systems})


def child_support(broken: Callable[..., Sender]) -> Machinery:
    """Ours, where Pluto and Cuba's automatic EM are both broken in the same manner: `broken` stands before each."""
    return _before_each(broken, CHILD_SUPPORT)


def centrelink(broken: Callable[..., CentrelinkSender], systems: tuple[str, ...] = CENTRELINK) -> Machinery:
    """The same for Customer First, DMIS and SAP, or those of them that `systems` names."""
    return _before_each(broken, systems)


def _before_each(broken: Any, systems: tuple[str, ...]) -> Machinery:
    return _with({name: type(broken.__name__, (broken, getattr(OURS, name)), {}) for name in systems})


def _dispatching(system: type[Any], dispatch: type[Dispatch]) -> type[Any]:
    return type(system.__name__, (system,), {"dispatch_class": dispatch})


def _with(systems: dict[str, Any]) -> Machinery:
    return OURS._replace(**systems)
