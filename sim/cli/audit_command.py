"""``emsim audit``: judge a run folder or somebody's export, print the verdicts, and say so in the exit code."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sim.cli import options, output
from sim.errors import InputError

if TYPE_CHECKING:
    from sim.audit import Audit, Log
    from sim.runs import Run


class AuditOptions(NamedTuple):
    """The options of ``emsim audit`` as they were given."""

    customers: Path | None
    sets: list[str]
    columns: list[str]
    times_in: str | None
    targets: list[str]
    junitxml: Path | None
    as_json: bool
    strict: bool


def audit_log(path: Path, given: AuditOptions) -> int:
    """Judge the log at `path` and return the exit code. Raises InputError."""
    from sim.audit.profile import profile
    from sim.runs import judge_log

    if not path.exists():
        raise InputError("no such run folder or messages file", path)
    if given.junitxml is not None:
        check_writable(given.junitxml)
    targets = options.targets(given.targets)
    if path.is_dir():
        run = _run(path, given)
        _check_targets(targets, run.policy["rules"])
        known, audit = {}, run.judged(options.sets(given.sets), targets)
    else:
        log = _file_log(path, given)
        _check_targets(targets, log.policy)
        audit = judge_log(log, targets)
        known = {"profile": profile(log, audit)}
    if given.junitxml is not None:
        audit.junit(given.junitxml)
    if given.as_json:
        output.emit_json({**audit.to_json(), **known})
    else:
        output.emit_rich(
            *output.audit_parts(audit.to_json(1)["rules"], f"Audit of {path}"),
            *(output.profile_lines(known["profile"]) if known else ()),
            *verdict_lines(audit),
        )
    announce(audit, given.strict)
    return exit_code(audit, given.strict)


def _run(path: Path, given: AuditOptions) -> "Run":
    from sim.runs import load_run

    for name, value in (("--customers", given.customers), ("--map", given.columns), ("--times-in", given.times_in)):
        if value:
            raise InputError("is for messages files; a run folder needs no such help", field=name)
    return load_run(path)


def _file_log(path: Path, given: AuditOptions) -> "Log":
    from sim.audit import Log
    from sim.policy.policy import load_policy
    from sim.runs import stoppable

    policy = load_policy(options.sets(given.sets)).plain()
    mapping = options.columns(given.columns)
    with stoppable():
        return Log.from_messages(path, given.customers, policy=policy, mapping=mapping, times_in=given.times_in)


def _check_targets(targets: dict[str, float], policy: Any) -> None:
    procedures = [rule for rule, details in policy.items() if details["enforced_by"] == "procedure"]
    for rule in targets:
        if rule not in procedures:
            raise InputError(f"is not a procedure rule (allowed: {', '.join(procedures)})", field=f"--target {rule}")


def check_writable(path: Path) -> None:
    """Raises InputError when a file cannot be written at `path`; leaves nothing behind."""
    existed = path.exists()
    try:
        with path.open("ab"):
            pass
        if not existed:
            path.unlink()
    except OSError as error:
        raise InputError(f"cannot be written ({error.strerror})", path) from None


def verdict_lines(audit: "Audit") -> list[str]:
    """The top verdict in plain words."""
    words = {
        "pass": "No rule that must hold was broken.",
        "fail": "At least one rule that must hold was broken.",
        "unknown": "No rule that must hold was seen broken, but some could not be judged.",
        "not_exercised": "Nothing happened that a rule could be held against.",
    }
    lines = ["", f"Verdict: {audit.verdict}. {words[audit.verdict]}"]
    if any(judged.enforced_by == "procedure" and rule not in audit.targets for rule, judged in audit.rules.items()):
        lines.append("Procedure rules show how often officers followed them; without a target they do not decide it.")
    return lines


def announce(audit: "Audit", strict: bool) -> None:
    """Name on stderr the rules that could not be judged, and the checks that crashed."""
    crashed = audit.crashed
    unknown = [rule for rule, judged in audit.rules.items() if judged.verdict == "unknown" and rule not in crashed]
    if unknown:
        hint = "; --strict counts this as failure" if audit.verdict == "unknown" and not strict else ""
        print(f"emsim: could not be judged: {', '.join(unknown)}{hint}", file=sys.stderr)
    for rule in crashed:
        print(f"emsim: {rule}: {audit.rules[rule].why_unknown}; please report this fault of emsim", file=sys.stderr)


def exit_code(audit: "Audit", strict: bool) -> int:
    """0 no failure, 1 a failure (with `strict` an unknown too), 3 a check crashed."""
    if audit.crashed:
        return 3
    return int(audit.verdict == "fail" or (strict and audit.verdict == "unknown"))
