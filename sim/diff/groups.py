"""Differences of two runs by their manner: how many messages and customers, by which rule, and examples."""

from collections.abc import Mapping, Sequence
from statistics import median

from sim.clock import HOUR
from sim.diff.difference import Example, Group
from sim.diff.settings import Setting
from sim.diff.sides import Side
from sim.explain import words
from sim.messages import System
from sim.replay.differences import MEANINGS, Change
from sim.replay.differences import Difference as Differs

_ALSO = {
    "cf-window": ("cs-send-window", "dr-hierarchy", "dr-kind"), "cs-window-at-gateway": ("cs-send-window",),
    "cs-release-recheck": ("cs-send-window", "cs-fdv"),
}  # fmt: skip
"""Rules whose values stand with other rules."""
OF_NIGHTS = (Change.SUPPRESSED, Change.RELEASED, Change.LATER_NIGHT, Change.EARLIER_NIGHT)
"""Changes of messages that a nightly run sends."""


def explaining(rule: str, settings: Sequence[Setting]) -> list[Setting]:
    """The settings of this rule in which the runs differ."""
    rules = (rule, *_ALSO.get(rule, ()))
    return [setting for setting in settings if setting.rule in rules]


class Examples:
    """Tells single differences; `meant` is the second run's message by the common number."""

    def __init__(self, first: Side, second: Side, meant: Mapping[int, int]) -> None:
        self.first, self.second = first, second
        self._meant = meant

    def of(self, one: Differs) -> Example:
        """One difference in words, in the local time of its customer."""
        before, after = one.before, one.after
        fate = before or after
        assert fate is not None
        zone = self.first.zone(one.customer, one.time)
        if one.change in OF_NIGHTS:
            told = [self._night(side, one, zone) for side in (self.first, self.second)]
        else:
            assert before is not None
            assert after is not None
            told = [self.first.fate_words(before, zone), self.second.fate_words(after, zone)]
        return Example(
            one.time, zone, one.customer, words.SYSTEMS[System(one.system)], self.first.title(one.template),
            before.message if before else None, self._meant.get(after.message) if after else None, told[0], told[1],
        )  # fmt: skip

    def _night(self, side: Side, one: Differs, zone: int) -> str:
        """What a side made of a debt message on the night of the difference."""
        day = side.explainer.law.agency.day(one.time)
        found = one.before if side is self.first else one.after
        if found is not None and side.explainer.law.agency.day(found.pressed) == day:
            return f"picked, {side.fate_words(found, zone)}"
        text = side.night_words(side.told.nights.get((one.customer, one.template, day)))
        if found is not None:
            text += f"; picked by the run of {words.day_words(side.explainer.law.agency.day(found.pressed))}"
        return text


def grouped(differences: Sequence[Differs], settings: Sequence[Setting], examples: Examples, limit: int) -> list[Group]:
    """The differences by change and rule, the most frequent first; at most `limit` examples of each, in order of
    time."""
    found: dict[tuple[Change, str, str], list[Differs]] = {}
    for one in differences:
        reasons = words.reasons_words(one.reasons) if one.reasons else ""
        found.setdefault((one.change, one.rule, reasons), []).append(one)
    groups = []
    for (change, rule, reasons), members in found.items():
        later = [one.by_ms for one in members if one.by_ms]
        groups.append(
            Group(
                str(change), MEANINGS[change], rule, reasons, len(members),
                len(dict.fromkeys(one.customer for one in members)),
                round(median(later) / HOUR, 3) if later else None,
                tuple(setting.name for setting in explaining(rule, settings)),
                tuple(examples.of(one) for one in members[:limit]),
            )
        )  # fmt: skip
    return sorted(groups, key=lambda group: (-group.messages, group.change, group.rule, group.reasons))
