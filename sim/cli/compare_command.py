"""``emsim compare``: two runs or two sweeps side by side."""

from pathlib import Path

from sim.cli import output


def print_comparison(first: Path, second: Path, everything: bool, as_json: bool) -> int:
    """Print what differs between two run folders or two sweeps. Raises InputError."""
    from sim.experiments.compare import compare

    found = compare(first, second)
    if as_json:
        output.emit_json({"first": str(first), "second": str(second), **found})
        return 0
    rows = found["rows"] if everything or found["kind"] == "sweeps" else [
        row for row in found["rows"] if row["first"] != row["second"]
    ]  # fmt: skip
    sweeps = found["kind"] == "sweeps"
    names = ["first", "second", *(output.DIFFERENCE if sweeps else output.DIFFERENCE[:1])]
    table = output.table(["variant"] * sweeps + ["metric", "unit"], names)
    for row in rows:
        words = [output.number(row["first"]), output.number(row["second"])]
        if row["difference"] is not None:
            words += output.difference(row["difference"])
        elif row["first"] is not None and row["second"] is not None:
            words.append(output.number(row["second"] - row["first"], signed=True))
        table.add_row(*([row["variant"]] if sweeps else []), row["metric"], row["unit"], *words)
    same = len(found["rows"]) - len(rows)
    notes = [f"{same} numbers are the same in both (--all shows them)"] if same else []
    output.emit_rich(f"{first} and {second}\n", table, *(f"\n{note}." for note in [*notes, *found["notes"]]))
    return 0
