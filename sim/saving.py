"""What a run folder holds of a run, and in which order it is written."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim import folder
from sim.progress import Progress

if TYPE_CHECKING:
    from sim.runs import Run


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
    folder.write_json(place / folder.METRICS, done.metrics.to_json())
    tell.stage("drawing")
    pictures = done.plot.pngs()
    (place / folder.PLOTS).mkdir()
    for name, png in pictures.items():
        (place / folder.PLOTS / f"{name}.png").write_bytes(png)
    done.manifest["counts"] = counts(done)
    done.manifest["verdict"] = done.audit.verdict
    page = render_report(_origin(done), done.audit.to_json(), done.metrics, pictures, done.policy, done.parameters)
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
