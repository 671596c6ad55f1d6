"""What a run folder holds of a run: its manifest, and in which order everything is written."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim import __version__, folder
from sim.clock import utc
from sim.history import History
from sim.policy.segments import hash_of
from sim.progress import Progress

if TYPE_CHECKING:
    from sim.runs import Plan, Run


def manifest(planned: "Plan", history: History, seconds: float) -> dict[str, Any]:
    """What a run is known by: seed, version, load, what differs from the defaults, fingerprint, counts, seconds."""
    load, policy, parameters = planned.load, planned.policy, planned.parameters
    return {
        "program": "emsim",
        "schema": folder.SCHEMA,
        "version": __version__,
        "seed": load.seed,
        "load": {
            "name": load.name,
            "title": load.title,
            "start": load.start.isoformat(),
            "days": load.days,
            "customers": load.customers,
            "zones": list(load.zones),
            "faults": [fault.plain() for fault in load.faults],
            **({"changes": _changes_told(planned)} if load.changes_within else {}),
        },
        "sets": {
            "policy": {name: policy.value(name) for name in sorted(load.policy)},
            "parameters": {name: parameters[name] for name in sorted(load.parameters)},
        },
        "replaced": planned.machinery.replaced(),
        "policy_hash": hash_of(policy, load.changed_policies()),
        "parameters": {"hash": parameters.hash(), "values": parameters.plain()["parameters"]},
        "observed": {"from": utc(load.starts), "to": utc(load.ends)},
        "fingerprint": history.fingerprint(),
        "counts": {"events": len(history)},
        "seconds": seconds,
    }


def _changes_told(planned: "Plan") -> list[dict[str, Any]]:
    """The changes of the policy within a run: the date from which on, and the values."""
    load = planned.load
    return [
        {"from": change.start.isoformat(), "policy": {name: policy.value(name) for name in change.policy}}
        for change, (_, policy) in zip(load.changes_within, load.changed_policies(), strict=True)
    ]


def write(done: "Run", place: Path, tell: Progress) -> None:
    """Write all files of a run folder into `place`. The manifest comes last: a folder that has one is whole."""
    from sim.report import render_report

    tell.stage("writing tables")
    folder.write_json(place / folder.POLICY, done.policy)
    done.history.save(place / folder.EVENTS)
    folder.write_table(place / folder.MESSAGES, done.messages_table)
    folder.write_table(place / folder.CUSTOMERS, done.customers)
    folder.write_table(place / folder.OFFICERS, done.officers)
    tell.stage("auditing")
    folder.write_json(place / folder.AUDIT, {"schema": folder.SCHEMA, **done.audit.to_json()})
    folder.write_table(place / folder.BREACHES, done.audit.breaches_frame())
    tell.stage("measuring")
    compared = done.before_after
    folder.write_json(
        place / folder.METRICS, done.metrics.to_json() | ({} if compared is None else {"before_after": compared})
    )
    tell.stage("drawing")
    pictures = done.plot.pngs()
    (place / folder.PLOTS).mkdir()
    for name, png in pictures.items():
        (place / folder.PLOTS / f"{name}.png").write_bytes(png)
    done.manifest["counts"] = counts(done)
    done.manifest["verdict"] = done.audit.verdict
    page = render_report(
        _origin(done), done.audit.to_json(), done.metrics, pictures, done.policy, done.parameters, compared
    )
    (place / folder.REPORT).write_text(page, encoding="utf-8")
    folder.write_json(place / folder.MANIFEST, done.manifest)


def _origin(done: "Run") -> dict[str, Any]:
    """What the report says of where it comes from; without the seconds, so that the same run gives the same page."""
    manifest, load = done.manifest, done.manifest["load"]
    return {
        "title": load["title"],
        "load": load["name"],
        "set": manifest["sets"]["policy"] | manifest["sets"]["parameters"],
        **{name: load[name] for name in ("customers", "days", "start")},
        **{name: manifest[name] for name in ("seed", "version", "fingerprint", "policy_hash")},
        **{name: manifest["counts"][name] for name in ("messages", "events")},
        "parameters_hash": manifest["parameters"]["hash"],
        "observed_from": manifest["observed"]["from"],
        "observed_to": manifest["observed"]["to"],
    }


def counts(done: "Run") -> dict[str, int]:
    """How many rows the tables of a run have."""
    return {
        "events": len(done.history),
        "messages": len(done.messages_table),
        "customers": len(done.customers),
        "officers": len(done.officers),
    }
