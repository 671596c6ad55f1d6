"""Reading what stands behind options such as ``--set NAME=VALUE``."""

from collections.abc import Iterable

from sim.errors import InputError, shown


def pairs(given: Iterable[str], option: str, form: str) -> dict[str, str]:
    """``NAME=VALUE`` texts as a dict, in order. Raises InputError for one without ``=`` and for a name given twice."""
    found: dict[str, str] = {}
    for text in given:
        name, equals, value = text.partition("=")
        name, value = name.strip(), value.strip()
        if not equals or not name:
            raise InputError(f"must look like {form} (value {shown(text)})", field=option)
        if name in found:
            raise InputError(f"{name} is given twice", field=option)
        found[name] = value
    return found


def sets(given: Iterable[str]) -> dict[str, str]:
    """The values of ``--set``."""
    return pairs(given, "--set", "NAME=VALUE, such as cs-daily-limit.limit=3")


def columns(given: Iterable[str]) -> dict[str, str]:
    """The column names of ``--map``: ours, and what the file calls it."""
    return pairs(given, "--map", 'OURS=THEIRS, such as sent_at="Sent time"')


def targets(given: Iterable[str]) -> dict[str, float]:
    """The greatest breach rates of ``--target``, each from 0 to 1."""
    found: dict[str, float] = {}
    for rule, text in pairs(given, "--target", "RULE=RATE, such as cs-precall=0.02").items():
        try:
            rate = float(text)
        except ValueError:
            rate = -1.0
        if not 0 <= rate <= 1:
            raise InputError(f"the rate must be a number from 0 to 1 (value {shown(text)})", field=f"--target {rule}")
        found[rule] = rate
    return found
