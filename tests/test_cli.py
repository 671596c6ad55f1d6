"""The command line: what it prints where, its exit codes, and one clear line for everything that is wrong."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree

import pytest

import sim
from sim.start import main

QUICK = ("run", "four_weeks", "--customers", "200", "--days", "4")
LOAD = (
    "emsim: 1\nkind: load\nname: quiet_week\ntitle: A quiet week\nstart: 2026-07-06\ndays: 3\ncustomers: 80\nseed: 4\n"
    "zones: [Australia/Perth]\n"
)
JSON_KEYS = ["fingerprint", "seed", "policy_hash", "version", "out", "messages", "events", "seconds", "verdict"]


class Answer(NamedTuple):
    """What a command gave back."""

    code: int
    out: str
    error: str


Emsim = Callable[..., Answer]


@pytest.fixture
def emsim(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Emsim]:
    """Calls ``emsim`` in this process and in an empty folder."""
    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")

    def call(*words: object) -> Answer:
        monkeypatch.setattr(sys, "argv", ["emsim", *(str(word) for word in words)])
        code = main()
        return Answer(code, *capsys.readouterr())

    yield call
    signal.signal(signal.SIGTERM, before)


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("made") / "run"
    sim.run("four_weeks", seed=2, customers=600, days=6, out=place)
    return place


def shell(*words: str, cwd: Path, **more: Any) -> subprocess.CompletedProcess[str]:
    """Calls ``emsim`` as a process of its own."""
    command = [sys.executable, "-m", "sim.start", *words]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, timeout=120, **more)


class TestRun:
    def test_it_tells_in_plain_words_and_says_where_the_report_is(self, emsim: Emsim, tmp_path: Path) -> None:
        answer = emsim(*QUICK, "--seed", 5)
        assert answer.code == 0, answer.error
        for words in ("The audit, rule by rule", "cs-daily-limit", "Held", "Verdict: ", "200 customers, 4 days"):
            assert words in answer.out
        assert "Report:  runs/four_weeks-seed5/report.html" in answer.out
        assert (tmp_path / "runs/four_weeks-seed5/report.html").is_file()
        assert "\x1b" not in answer.out + answer.error, "no colours and no bar in a pipe"

    def test_json_is_the_contract_and_alone_on_stdout(self, emsim: Emsim) -> None:
        answer = emsim(*QUICK, "--json", "--out", "there")
        document = json.loads(answer.out)
        assert list(document) == JSON_KEYS
        manifest = json.loads(Path("there/manifest.json").read_text(encoding="utf-8"))
        for name in ("fingerprint", "seed", "policy_hash", "version", "seconds", "verdict"):
            assert document[name] == manifest[name], name
        assert document["out"] == "there"
        assert document["messages"] == manifest["counts"]["messages"] > 0
        assert document["events"] == manifest["counts"]["events"] > 0
        assert document["seconds"] > 0

    def test_options_replace_what_the_load_says(self, emsim: Emsim) -> None:
        words = ("--seed", 9, "--start", "2026-04-01", "--set", "cs-daily-limit.limit=3", "--set", "staff.officers=9")
        answer = emsim(*QUICK, *words, "--out", "there")
        assert answer.code == 0, answer.error
        manifest = json.loads(Path("there/manifest.json").read_text(encoding="utf-8"))
        assert manifest["seed"] == 9
        assert manifest["load"]["start"] == "2026-04-01"
        assert manifest["load"]["days"] == 4
        assert manifest["load"]["customers"] == 200
        assert manifest["sets"] == {"policy": {"cs-daily-limit.limit": 3}, "parameters": {"staff.officers": 9}}
        policy = json.loads(Path("there/policy.json").read_text(encoding="utf-8"))
        assert policy["rules"]["cs-daily-limit"]["values"]["limit"] == 3

    def test_an_earlier_run_is_replaced_with_force_only(self, emsim: Emsim) -> None:
        assert emsim(*QUICK, "--out", "there").code == 0
        refused = emsim(*QUICK, "--out", "there", "--seed", 2)
        assert refused == (2, "", "emsim: there: exists; add --force to replace this run, or choose another place\n")
        assert json.loads(Path("there/manifest.json").read_text(encoding="utf-8"))["seed"] == 1
        assert emsim(*QUICK, "--out", "there", "--seed", 2, "--force").code == 0
        assert json.loads(Path("there/manifest.json").read_text(encoding="utf-8"))["seed"] == 2

    def test_an_unwritable_place_is_told_before_anything_is_simulated(
        self, emsim: Emsim, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        import sim.world

        Path("file").write_text("", encoding="utf-8")
        monkeypatch.setattr(sim.world, "simulate", lambda *given: pytest.fail("it was simulated"))
        answer = emsim(*QUICK, "--out", "file/run")
        assert answer.code == 2
        assert answer.error.startswith("emsim: file/run: ")
        assert answer.error.count("\n") == 1

    @pytest.mark.parametrize(
        ("words", "complaint"),
        [
            (["--set", "cs-daily-limit.limit"], "--set: must look like NAME=VALUE"),
            (["--set", "=3"], "--set: must look like NAME=VALUE"),
            (["--set", "cs-daily-limit.limit=many"], "cs-daily-limit.limit: must be a whole number"),
            (["--set", "cs-daily-limit.limit=-1"], "cs-daily-limit.limit: must be a whole number from"),
            (["--set", "cs-daily-limit.counts=both"], "either_day, delivery_day, attempt_day"),
            (["--set", "cs-send-window.opens=21:00"], "cs-send-window.opens: must be before"),
            (["--set", "cs-daily-limt.limit=3"], "did you mean cs-daily-limit.limit?"),
            (["--set", "staff.officrs=3"], "did you mean staff.officers"),
            (["--set", "staff.officers=3", "--set", "staff.officers=4"], "staff.officers is given twice"),
            (["--start", "2026-02-30"], "start: must be a date such as 2026-09-21"),
            (["--start", "tomorrow"], "start: must be a date such as 2026-09-21"),
            (["--days", "0"], "--days"),
            (["--days", "100000"], "days: must be a whole number from 1 to"),
            (["--customers", "0"], "--customers"),
            (["--customers", "some"], "--customers"),
            (["--seed", "-1"], "--seed"),
            (["--seed", "1.5"], "--seed"),
            (["--sed", "1"], "No such option"),
            (["more"], "more"),
        ],
    )
    def test_bad_input_is_one_line_and_writes_nothing(
        self, emsim: Emsim, tmp_path: Path, words: list[str], complaint: str
    ) -> None:
        answer = emsim("run", "four_weeks", *words)
        assert answer.code == 2
        assert answer.out == ""
        assert complaint in answer.error
        assert answer.error.startswith("emsim: ")
        assert answer.error.count("\n") == 1
        assert os.listdir(tmp_path) == []

    @pytest.mark.parametrize(
        ("content", "complaint"),
        [
            (None, "emsim: load.yaml: no such file"),
            (b"", "emsim: load.yaml: is empty"),
            (b"\x00\x01\xff", "emsim: load.yaml"),
            (LOAD.replace("quiet_week", "a b").encode(), "emsim: load.yaml:3: name: must look like"),
            (LOAD.replace("days: 3", "days: three").encode(), "emsim: load.yaml:6: days: must be a whole number"),
            (f"{LOAD}customer: 3\n".encode(), "load.yaml:10: customer: unknown key (did you mean customers?)"),
            (LOAD.replace("Perth", "Perthh").encode(), "load.yaml:9: zones[0]: unknown zone (did you mean"),
            (b"emsim: [1\n", "emsim: load.yaml:2: is not valid YAML"),
        ],
        ids=["missing", "empty", "binary", "bad name", "bad value", "unknown key", "bad zone", "bad YAML"],
    )
    def test_a_bad_load_file_is_named_with_its_line(
        self, emsim: Emsim, tmp_path: Path, content: bytes | None, complaint: str
    ) -> None:
        if content is not None:
            Path("load.yaml").write_bytes(content)
        answer = emsim("run", "load.yaml")
        assert answer.code == 2
        assert complaint in answer.error
        assert answer.error.count("\n") == 1
        assert not (tmp_path / "runs").exists()

    def test_a_load_of_ones_own_gives_the_folder_its_name(self, emsim: Emsim) -> None:
        Path("mine.yaml").write_text(LOAD, encoding="utf-8")
        answer = emsim("run", "mine.yaml", "--json")
        assert answer.code == 0, answer.error
        assert json.loads(answer.out)["out"] == "runs/quiet_week-seed4"


class TestExitCodes:
    @pytest.mark.parametrize(
        ("verdict", "crashed", "strict", "code"),
        [
            ("pass", (), False, 0),
            ("not_exercised", (), False, 0),
            ("unknown", (), False, 0),
            ("unknown", (), True, 1),
            ("pass", (), True, 0),
            ("not_exercised", (), True, 0),
            ("fail", (), False, 1),
            ("fail", (), True, 1),
            ("unknown", ("cs-once",), False, 3),
            ("fail", ("cs-once",), False, 3),
        ],
    )
    def test_the_verdict_decides(self, verdict: str, crashed: tuple[str, ...], strict: bool, code: int) -> None:
        from sim.audit import Audit, RuleAudit
        from sim.cli.audit_command import exit_code

        assert exit_code(Audit([RuleAudit("cs-once", "system", verdict, 1, 1, 1, "why")], crashed), strict) == code

    def test_a_fault_of_ours_is_3_and_asks_to_be_reported(
        self, emsim: Emsim, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        import sim.world

        def broken(*given: object) -> None:
            raise ZeroDivisionError("our own fault")

        monkeypatch.setattr(sim.world, "simulate", broken)
        answer = emsim(*QUICK)
        assert answer.code == 3
        assert answer.out == ""
        assert "ZeroDivisionError: our own fault" in answer.error
        assert answer.error.endswith("emsim: this is a fault of emsim itself; please report it\n")
        assert os.listdir(tmp_path) == []

    def test_ctrl_c_is_130(self, emsim: Emsim, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        import sim.world

        def stopped(*given: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(sim.world, "simulate", stopped)
        assert emsim(*QUICK) == (130, "", "emsim: stopped; nothing was written\n")
        assert os.listdir(tmp_path) == []

    def test_a_run_that_breaks_a_rule_is_1_and_is_kept(self, emsim: Emsim, monkeypatch: pytest.MonkeyPatch) -> None:
        """The same history under another policy: the systems obeyed five a day, the audit is told two."""
        import sim.runs

        plain = sim.runs.changed_policy
        monkeypatch.setattr(
            sim.runs, "changed_policy", lambda policy, sets: plain(policy, {**sets, "cs-daily-limit.limit": 0})
        )
        answer = emsim(*QUICK, "--json", "--out", "there")
        assert answer.code == 1
        assert json.loads(answer.out)["verdict"] == "fail"
        assert Path("there/report.html").is_file()


class TestAudit:
    def test_a_run_folder(self, emsim: Emsim, run_folder: Path) -> None:
        answer = emsim("audit", run_folder, "--json")
        document = json.loads(answer.out)
        saved = json.loads((run_folder / "audit.json").read_text(encoding="utf-8"))
        assert answer.code == 0
        assert document == {name: part for name, part in saved.items() if name != "schema"}
        wanted = {"verdict", "cases", "breaches", "unjudged", "why_unknown", "evidence"}
        assert all(wanted <= rule.keys() for rule in document["rules"].values())

    def test_a_set_value_goes_on_top_of_the_saved_policy(self, emsim: Emsim, run_folder: Path) -> None:
        answer = emsim("audit", run_folder, "--set", "cs-daily-limit.limit=0", "--json")
        rule = json.loads(answer.out)["rules"]["cs-daily-limit"]
        assert answer.code == 1
        assert rule["verdict"] == "fail"
        assert rule["breaches"] > 0
        assert {"customer_id", "messages", "why"} <= rule["evidence"][0].keys()

    def test_the_messages_table_alone(self, emsim: Emsim, run_folder: Path) -> None:
        answer = emsim("audit", run_folder / "messages.parquet", "--json")
        rules = json.loads(answer.out)["rules"]
        assert answer.code == 0, answer.error
        assert rules["cs-send-window"]["verdict"] == "pass"
        assert rules["cs-send-window"]["cases"] > 0
        assert rules["cs-preview"]["verdict"] == "unknown"
        assert "cs-preview" in answer.error, "an unknown is announced"
        assert emsim("audit", run_folder / "messages.parquet", "--json", "--strict").code == 1

    def test_tables_are_in_plain_words(self, emsim: Emsim, run_folder: Path) -> None:
        answer = emsim("audit", run_folder)
        assert f"Audit of {run_folder}"[:60] in answer.out
        assert "cs-send-window" in answer.out
        assert "Verdict: " in answer.out
        assert "do not decide it" in answer.out

    def test_targets_let_procedures_decide(self, emsim: Emsim, run_folder: Path) -> None:
        rules = json.loads(emsim("audit", run_folder, "--json").out)["rules"]
        procedures = [name for name, rule in rules.items() if rule["enforced_by"] == "procedure"]
        broken = next(name for name in procedures if 0 < rules[name]["breaches"] < rules[name]["cases"])
        assert emsim("audit", run_folder, "--target", f"{broken}=0").code == 1
        assert emsim("audit", run_folder, "--target", f"{broken}=1").code == 0

    def test_junit_has_a_test_case_a_rule(self, emsim: Emsim, run_folder: Path) -> None:
        document = json.loads(emsim("audit", run_folder, "--json", "--junitxml", "audit.xml").out)
        cases = ElementTree.parse("audit.xml").getroot().iter("testcase")
        names = [f"{case.get('classname')} {case.get('name')}" for case in cases]
        assert len(names) == len(document["rules"])
        assert all(any(rule in name for name in names) for rule in document["rules"])

    @pytest.mark.parametrize(
        ("words", "complaint"),
        [
            (["nowhere"], "nowhere: no such run folder or messages file"),
            (["empty"], "empty: holds no manifest.json"),
            (["RUN", "--customers", "file.csv"], "--customers: is for messages files"),
            (["RUN", "--times-in", "Australia/Perth"], "--times-in: is for messages files"),
            (["RUN", "--map", "sent_at=Sent"], "--map: is for messages files"),
            (["RUN", "--set", "staff.officers=3"], "staff.officers: unknown policy value"),
            (["RUN", "--set", "cs-daily-limit.limit=x"], "cs-daily-limit.limit: must be a whole number"),
            (["RUN", "--target", "cs-precall"], "--target: must look like RULE=RATE"),
            (["RUN", "--target", "cs-precall=often"], "--target cs-precall: the rate must be a number from 0 to 1"),
            (["RUN", "--target", "cs-precall=1.1"], "--target cs-precall: the rate must be a number from 0 to 1"),
            (["RUN", "--target", "cs-precall=nan"], "--target cs-precall: the rate must be a number from 0 to 1"),
            (["RUN", "--target", "cs-once=0.1"], "--target cs-once: is not a procedure rule"),
            (["RUN", "--junitxml", "nowhere/audit.xml"], "nowhere/audit.xml: cannot be written"),
            (["file.csv"], "file.csv"),
            (["file.csv", "--map", "sent_at"], "--map: must look like OURS=THEIRS"),
            ([], "RUN_OR_MESSAGES"),
        ],
    )
    def test_bad_input_is_one_line(self, emsim: Emsim, run_folder: Path, words: list[str], complaint: str) -> None:
        Path("empty").mkdir()
        Path("file.csv").write_bytes(b"")
        answer = emsim("audit", *(run_folder if word == "RUN" else word for word in words))
        assert answer.code == 2
        assert answer.out == ""
        assert complaint in answer.error
        assert answer.error.count("\n") == 1
        assert sorted(os.listdir()) == ["empty", "file.csv"]


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
        assert {"name": "four_weeks", "start": "2026-09-21", "days": 28, "customers": 20000}.items() <= loads[0].items()


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


class TestProcess:
    def test_a_reader_who_has_gone_is_no_error(self, tmp_path: Path) -> None:
        command = [sys.executable, "-m", "sim.start", "rules", "--json"]
        with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
            assert running.stdout is not None
            assert running.stderr is not None
            running.stdout.close()
            assert running.stderr.read() == b""
            assert running.wait(60) == 0

    @pytest.mark.skipif(not hasattr(os, "openpty"), reason="there are no terminals here")
    def test_a_terminal_sees_a_bar_with_date_and_messages(self, tmp_path: Path) -> None:
        controller, terminal = os.openpty()
        command = [sys.executable, "-m", "sim.start", "run", "--customers", "4000", "--days", "10", "--json"]
        environment = {**os.environ, "TERM": "xterm", "COLUMNS": "120"}
        running = subprocess.Popen(
            command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=terminal, stdin=terminal, env=environment, text=True
        )
        os.close(terminal)
        seen = b""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                part = os.read(controller, 65_536)
            except OSError:
                break
            if not part:
                break
            seen += part
        assert running.stdout is not None
        assert json.loads(running.stdout.read())["seed"] == 1
        assert running.wait(60) == 0
        os.close(controller)
        for words in (b"Simulating", b"2026-09-2", b" messages", b"Auditing", b"Drawing"):
            assert words in seen, words

    def test_json_is_all_there_is_on_stdout_of_a_process(self, tmp_path: Path) -> None:
        done = shell("run", "four_weeks", "--customers", "60", "--days", "2", "--json", cwd=tmp_path)
        assert list(json.loads(done.stdout)) == JSON_KEYS

    @pytest.mark.parametrize("name", ["sim", "fakes"])
    def test_a_package_that_hides_ours_is_named(self, tmp_path: Path, name: str) -> None:
        (tmp_path / "other" / name).mkdir(parents=True)
        (tmp_path / "other" / name / "__init__.py").write_text("", encoding="utf-8")
        start = Path(sim.__file__).with_name("start.py")
        # As installed: the start module is on its own, as `emsim`, and the others come from the path.
        (tmp_path / "emsim.py").write_bytes(start.read_bytes())
        home = str(Path(sim.__file__).parents[1])
        path = os.pathsep.join([str(tmp_path), str(tmp_path / "other"), home])
        done = subprocess.run(
            [sys.executable, "-m", "emsim", "--version"], cwd=tmp_path, capture_output=True, text=True, check=False,
            env={**os.environ, "PYTHONPATH": path},
        )  # fmt: skip
        assert done.returncode == 3
        assert done.stdout == ""
        place = (tmp_path / "other" / name).resolve()
        assert done.stderr == (
            f"emsim: another package named {name!r} at {place} hides emsim's own; "
            "uninstall it, or give emsim an environment of its own\n"
        )
