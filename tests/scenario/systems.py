"""Messaging systems for tests of the plugin: ours with one thing wrong, and one that lacks a verb."""

import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from fakes.machinery import OURS
from fakes.messaging import Plain
from fakes.our_systems import OurMessagingSystem


def _no_limit(*given: int) -> int:
    return 0


def unlimited() -> OurMessagingSystem:
    """It never refuses for the daily limit, nor holds for it."""
    return OurMessagingSystem(OURS.with_rules(daily_limit_reached=_no_limit, limit_at_hand_over=_no_limit))


class Silent(OurMessagingSystem):
    """It has no lists."""

    def supports(self) -> tuple[str, ...]:
        return tuple(verb for verb in super().supports() if verb != "listing")


class Confused(OurMessagingSystem):
    """It answers a Send with an outcome that there is not."""

    def send(self, now: int, request: Plain) -> Plain:
        return {**super().send(now, request), "outcome": "perhaps"}


class Failing(OurMessagingSystem):
    """It fails at a Send."""

    def send(self, now: int, request: Plain) -> Plain:
        raise ZeroDivisionError("no idea")


class Leaving(OurMessagingSystem):
    """It ends the process at a Send."""

    def send(self, now: int, request: Plain) -> Plain:
        sys.exit("enough")


class Lying(OurMessagingSystem):
    """It claims a sent time that is not true."""

    def receipt(self, now: int, message: int | str, event: str, value: int) -> list[Plain]:
        told = super().receipt(now, message, event, value)
        return [{**one, "value": now - 60_000} if one["event"] == "sent_claimed" else one for one in told]


class ReadsTheClock(OurMessagingSystem):
    """It takes the time from the wall clock and trusts no call."""

    def fact(self, now: int, name: str, customer: int, fields: Mapping[str, Any]) -> list[Plain]:
        return super().fact(self._clock(), name, customer, fields)

    def send(self, now: int, request: Plain) -> Plain:
        return super().send(self._clock(), request)

    def advance(self, now: int) -> list[Plain]:
        return super().advance(self._clock())

    @staticmethod
    def _clock() -> int:
        return round(datetime.now(UTC).timestamp() * 1000)


NOT_A_FACTORY = 1
