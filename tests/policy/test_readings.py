"""The Markdown of readings and assumptions: complete, of the defaults, and well-formed."""

from sim.policy.policy import load_policy
from sim.policy.readings import readings_markdown
from sim.population.parameters import load_parameters


def test_every_reading_and_assumption_is_shown() -> None:
    policy, parameters = load_policy(), load_parameters()
    text = readings_markdown(policy, parameters)
    for name in policy.names():
        value = policy.setting(name)
        if value.status == "assume" or (value.status == "read" and value.kind == "reading"):
            assert f"| `{name}` |" in text, name
    for rule in policy.rules.values():
        for statement in (*rule.readings, *([rule.text] if rule.status == "read" else [])):
            assert f"| `{rule.id}` | {statement} |" in text
    for name, parameter in parameters.details.items():
        assert (f"| `{name}` |" in text) == (parameter.status == "assume"), name


def test_a_named_reading_shows_its_default_and_the_others() -> None:
    text = readings_markdown(load_policy(), load_parameters())
    assert "| `cs-daily-limit.counts` | `either_day` | `delivery_day`, `attempt_day` | " in text
    assert "| `cs-send-window.release_spread_minutes` | 0 | minutes | yes |" in text
    assert "| `calendar.office_opens` | 08:00 | office's local time | no |" in text


def test_defaults_are_shown_whatever_is_set() -> None:
    usual = readings_markdown(load_policy(), load_parameters())
    changed = load_policy({"cs-daily-limit.counts": "attempt_day"}), load_parameters({"gateway.binds": "3"})
    assert readings_markdown(*changed) == usual


def test_every_row_has_as_many_cells_as_its_head() -> None:
    tables = readings_markdown(load_policy(), load_parameters()).split("\n\n")
    found = [block.splitlines() for block in tables if block.startswith("|")]
    assert len(found) == 4
    for lines in found:
        columns = {line.replace("\\|", "").count("|") for line in lines}
        assert len(columns) == 1, lines[0]
        assert lines[1].startswith("| --- |")
