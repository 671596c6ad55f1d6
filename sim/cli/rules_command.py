"""``emsim rules`` and ``emsim loads``: what there is."""

from typing import TYPE_CHECKING, Any

from sim.cli import options, output

if TYPE_CHECKING:
    from sim.policy.policy import Policy, Rule


def print_rules(given: list[str], load: str | None, as_json: bool) -> int:
    """Print the catalogue of rules, with the values of `load` when one is named. Raises InputError."""
    from sim.policy.policy import load_policy
    from sim.policy.segments import hash_of, with_changes
    from sim.scenario.load import load_file

    sets = options.sets(given)
    changed: list[tuple[int, Policy]] = []
    if load is None:
        policy = load_policy(sets)
    else:
        read = load_file(load).with_overrides(sets=sets)
        policy, changed = read.read_policy(), read.changed_policies()
    changes = with_changes(policy, changed).get("changes", [])
    if as_json:
        rules = [_plain(rule) for rule in policy.rules.values()]
        more = {"changes": changes} if changes else {}
        output.emit_json({"policy_hash": hash_of(policy, changed), "rules": rules, **more})
        return 0
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("rule", "enforced by"):
        table.add_column(name, no_wrap=True)
    table.add_column("value", overflow="fold")
    table.add_column("status", no_wrap=True)
    table.add_column("clause", overflow="fold")
    for rule in policy.rules.values():
        table.add_row(rule.id, rule.enforced_by, rule.title, rule.status, rule.clause)
        for value in rule.values.values():
            mark = "" if value.value == value.default else f" (default {_shown(value.default)})"
            unit = f" {value.unit}" if value.unit else ""
            clause = value.clause if value.clause != rule.clause else ""
            table.add_row("", "", f"  {value.name} = {_shown(value.value)}{mark}{unit}", value.status, clause)
            for change in changes:
                if f"{rule.id}.{value.name}" in change["values"]:
                    since = output.agency_date(change["from"])
                    table.add_row(
                        "", "", f"    from {since}: {_shown(change['values'][f'{rule.id}.{value.name}'])}{unit}"
                    )
    output.emit_rich(table)
    return 0


def _plain(rule: "Rule") -> dict[str, Any]:
    return {
        "id": rule.id,
        "title": rule.title,
        "section": rule.section,
        "enforced_by": rule.enforced_by,
        "status": rule.status,
        "clause": rule.clause,
        "values": {
            value.name: {"value": value.value, "unit": value.unit, "status": value.status, "clause": value.clause}
            for value in rule.values.values()
        },
    }


def _shown(value: object, width: int = 60) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return f"({len(value)} entries)"
    if isinstance(value, list):
        if any(isinstance(item, dict) for item in value):
            return f"({len(value)} entries)"
        value = ", ".join(str(item) for item in value)
    text = str(value)
    return text if len(text) <= width else text[: width - 1] + "…"


def print_loads(as_json: bool) -> int:
    """Print the loads that ship with emsim."""
    from sim.scenario.load import load_file, shipped_loads

    loads = [load_file(path) for path in shipped_loads().values()]
    if as_json:
        fields = ("name", "title", "start", "days", "customers")
        output.emit_json({"loads": [{field: getattr(load, field) for field in fields} for load in loads]})
        return 0
    lines = [(load.name, f"{load.title} ({load.customers:,} customers, {load.days} days)") for load in loads]
    output.emit_rich(output.two_columns(lines, "Loads that ship with emsim (emsim run NAME)"))
    return 0
