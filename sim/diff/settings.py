"""What two runs were made of: values of the policy, parameters, the load, the systems, the program."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

_LOAD = ("name", "start", "days", "customers", "zones", "faults")


class Setting(NamedTuple):
    """One thing in which two runs differ. `kind` is ``policy``, ``parameter``, ``load``, ``systems`` or ``program``;
    values are as in the manifests, None where one run has none."""

    kind: str
    name: str
    first: Any
    second: Any

    @property
    def rule(self) -> str:
        """The rule that a value of the policy belongs to; empty for others."""
        return self.name.partition(".")[0] if self.kind == "policy" else ""


def differing(
    policies: tuple[Mapping[str, Any], Mapping[str, Any]], manifests: tuple[Mapping[str, Any], Mapping[str, Any]]
) -> list[Setting]:
    """Everything in which the two differ, the policy first."""
    found = [*_policy(*policies), *_parameters(*manifests)]
    loads = [manifest["load"] for manifest in manifests]
    found += _unlike("load", {name: (loads[0].get(name), loads[1].get(name)) for name in _LOAD})
    of_run = {name: (manifests[0].get(name), manifests[1].get(name)) for name in ("seed", "version")}
    found += _unlike("load", {"seed": of_run["seed"]})
    replaced = [manifest.get("replaced", []) for manifest in manifests]
    found += _unlike("systems", {"replaced": (replaced[0], replaced[1])})
    return found + list(_unlike("program", {"version": of_run["version"]}))


def _policy(first: Mapping[str, Any], second: Mapping[str, Any]) -> Iterator[Setting]:
    values = [
        {f"{rule}.{name}": value for rule, each in policy["rules"].items() for name, value in each["values"].items()}
        for policy in (first, second)
    ]
    yield from _unlike(
        "policy", {name: (values[0].get(name), values[1].get(name)) for name in {**values[0], **values[1]}}
    )


def _parameters(first: Mapping[str, Any], second: Mapping[str, Any]) -> Iterator[Setting]:
    values = [
        {name: each["value"] for name, each in manifest["parameters"]["values"].items()} for manifest in (first, second)
    ]
    pairs = {name: (values[0].get(name), values[1].get(name)) for name in {**values[0], **values[1]}}
    yield from _unlike("parameter", pairs)


def _unlike(kind: str, pairs: Mapping[str, tuple[Any, Any]]) -> Iterator[Setting]:
    return (Setting(kind, name, first, second) for name, (first, second) in pairs.items() if first != second)
