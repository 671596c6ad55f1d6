"""``emsim rules``, ``emsim loads`` and the help."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import sim
from tests.cli.conftest import Emsim


class TestRulesAndLoads:
    def test_the_catalogue_names_every_rule_with_its_values(self, emsim: Emsim) -> None:
        from sim.policy.policy import load_policy

        answer = emsim("rules")
        policy = load_policy()
        assert answer.code == 0
        for rule in policy.rules.values():
            assert any(line.startswith(f"{rule.id} ") and rule.enforced_by in line for line in answer.out.splitlines())
        assert "limit = 5" in answer.out
        assert "EM, Customer contact and SMS limits" in answer.out

    def test_the_catalogue_as_json(self, emsim: Emsim) -> None:
        document = json.loads(emsim("rules", "--json", "--set", "cs-daily-limit.limit=3").out)
        rules = {rule["id"]: rule for rule in document["rules"]}
        assert len(rules) == len(document["rules"]) >= 40
        assert all({"enforced_by", "status", "clause", "values"} <= rule.keys() for rule in rules.values())
        assert rules["cs-daily-limit"]["values"]["limit"]["value"] == 3

    def test_changed_values_are_marked(self, emsim: Emsim) -> None:
        assert "limit = 3 (default 5) messages" in emsim("rules", "--set", "cs-daily-limit.limit=3").out

    def test_a_parameter_is_no_rule(self, emsim: Emsim) -> None:
        answer = emsim("rules", "--set", "staff.officers=3")
        assert answer.code == 2
        assert answer.error.startswith("emsim: staff.officers: unknown policy value")

    def test_loads_name_what_ships(self, emsim: Emsim) -> None:
        assert "four_weeks" in emsim("loads").out
        loads = json.loads(emsim("loads", "--json").out)["loads"]
        wanted = {"name": "four_weeks", "start": "2026-09-21", "days": 28, "customers": 20000}
        assert [load for load in loads if wanted.items() <= load.items()]
        assert all(list(load) == ["name", "title", "start", "days", "customers"] for load in loads)


class TestHelp:
    @pytest.mark.parametrize("command", ["run", "audit", "rules", "loads"])
    def test_every_command_has_examples(self, emsim: Emsim, command: str) -> None:
        answer = emsim(command, "--help")
        assert answer.code == 0
        examples = answer.out.split("Examples:\n")[1]
        assert f"    emsim {command}" in examples

    def test_the_version(self, emsim: Emsim) -> None:
        assert emsim("--version") == (0, f"emsim {sim.__version__}\n", "")

    def test_no_command_at_all_shows_the_help(self, emsim: Emsim) -> None:
        answer = emsim()
        assert answer.code == 2
        assert "Commands:" in answer.out + answer.error

    def test_an_unknown_command_is_one_line(self, emsim: Emsim) -> None:
        answer = emsim("rum")
        assert answer.code == 2
        assert answer.error.count("\n") == 1
        assert "rum" in answer.error

    def test_help_imports_nothing_heavy(self, tmp_path: Path) -> None:
        """What keeps ``emsim --help`` under half a second; the time itself is in tests/benchmarks."""
        heavy = "{'numpy', 'pandas', 'matplotlib', 'duckdb', 'pyarrow', 'simpy', 'yaml', 'scipy', 'faker'}"
        code = (
            "import sys; sys.argv = ['emsim', '--help']; from sim.start import main; main();"
            f"print('HEAVY', sorted({heavy} & set(sys.modules)))"
        )
        done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
        assert done.stdout.splitlines()[-1] == "HEAVY []"
