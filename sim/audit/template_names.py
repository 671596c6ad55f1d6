"""Templates as a foreign log may name them: by our id, by code, or by a title of the policy."""

import re
from collections.abc import Mapping
from typing import Any

from sim.audit.codes import DEBT_KINDS, DEBT_MESSAGES, DMIS_CODE

_DASHES = re.compile(r"\s*[–—-]\s*")
_SPACES = re.compile(r"[\s_]+")
_SMS = re.compile(r"\bsms(?: message)?\b")

# What policy.md F calls them in its table, beside the full titles.
_SHORT = {
    "pause applied": 1,
    "declined payment": 2,
    "overdue payment": 3,
    "recovery restarted": 4,
    "debt overdue": 5,
    "recovery will restart": 6,
    "withholdings will restart": 7,
    "withholdings will restart (auto setup)": 8,
    "debt due soon": 9,
}

Names = dict[tuple[str, str], int]


def template_names(policy: Mapping[str, Any], templates: Mapping[int, Mapping[str, Any]]) -> Names:
    """{(system, name): code}; the system is empty for a name that needs none to be told from the others."""
    names: Names = {}
    for code, template in templates.items():
        system = str(template.get("system", ""))
        for name in (str(code), str(template["id"]), str(template.get("title") or template["id"])):
            names.setdefault((system, spelled(name)), code)
            names.setdefault(("", spelled(name)), code)
    titles = policy.get("dr-hierarchy", {}).get("values", {}).get("titles", {})
    full = {spelled(title): DEBT_MESSAGES.index(name) + 1 for name, title in titles.items() if name in DEBT_MESSAGES}
    for name, number in {**_SHORT, **full}.items():
        if DMIS_CODE + number in templates:
            names["dmis", name] = DMIS_CODE + number
            names.setdefault(("", name), DMIS_CODE + number)
    return names


def spelled(name: str) -> str:
    """A name as it is compared: lower case, one kind of dash, single spaces, without the word "SMS"."""
    plain = _SPACES.sub(" ", _DASHES.sub(" - ", name.lower()))
    return _SPACES.sub(" ", _SMS.sub(" ", plain)).strip(" -")


def template_code(names: Names, system: str, name: str | None) -> int | None:
    """The code of a template that the log names, None for one that the policy does not know."""
    if name is None:
        return None
    plain = spelled(name)
    return names.get((system, plain), names.get(("", plain)))


def kind_of(template: Mapping[str, Any] | None) -> str | None:
    """The kind of a debt message by its template (`dr-kind`), None for another."""
    if template is None or template.get("system") in ("pluto", "cuba") or template.get("kind") not in DEBT_KINDS:
        return None
    return str(template["kind"])
