"""``emsim run``: what it prints and writes, its exit codes, and one clear line for everything that is wrong."""

import errno
import json
import os
from pathlib import Path

import pytest

from sim import folder
from tests.cli.conftest import Emsim

QUICK = ("run", "four_weeks", "--customers", "200", "--days", "4")
LOAD = (
    "emsim: 1\nkind: load\nname: quiet_week\ntitle: A quiet week\nstart: 2026-07-06\ndays: 3\ncustomers: 80\nseed: 4\n"
    "zones: [Australia/Perth]\n"
)
JSON_KEYS = ["fingerprint", "seed", "policy_hash", "version", "out", "messages", "events", "seconds", "verdict"]


EXPECTING = LOAD + "expect:\n  verdict: pass\n  metrics:\n    delivered_share: {{min: {least}}}\n"


class TestExpectations:
    def test_what_a_load_expects_is_checked(self, emsim: Emsim) -> None:
        Path("mine.yaml").write_text(EXPECTING.format(least=0.5), encoding="utf-8")
        answer = emsim("run", "mine.yaml", "--out", "there")
        assert answer.code == 0
        assert "Expectations of the load: 2 of 2 met." in answer.out
        assert "expected" not in answer.error

    def test_one_that_is_not_met_is_told_with_its_line_and_is_a_failure(self, emsim: Emsim) -> None:
        Path("mine.yaml").write_text(EXPECTING.format(least=1.5), encoding="utf-8")
        answer = emsim("run", "mine.yaml", "--out", "there")
        assert answer.code == 1
        said = (
            "emsim: mine.yaml:13: expect.metrics.delivered_share: expected at least 1.5 (share of SMS sent), actual 1"
        )
        assert answer.error.splitlines()[-1] == said
        assert "Expectations of the load: 1 of 2 met." in answer.out
        quiet = emsim("run", "mine.yaml", "--out", "again", "--json")
        assert quiet.code == 1
        assert list(json.loads(quiet.out)) == JSON_KEYS
        assert quiet.error.splitlines()[-1] == said

    def test_they_are_not_checked_of_another_load_than_the_file_s(self, emsim: Emsim) -> None:
        Path("mine.yaml").write_text(EXPECTING.format(least=1.5), encoding="utf-8")
        answer = emsim("run", "mine.yaml", "--out", "there", "--days", 2, "--set", "staff.officers=9")
        assert answer.code == 0
        assert "Expectations of the load: not checked, it was changed by --days, --set." in answer.out
        assert emsim("run", "mine.yaml", "--out", "again", "--seed", 5).code == 1


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

    def test_a_full_disk_is_told_in_one_line_and_leaves_nothing(
        self, emsim: Emsim, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        def full(path: Path, data: object) -> None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

        monkeypatch.setattr(folder, "write_json", full)
        answer = emsim(*QUICK, "--out", "there")
        assert answer == (2, "", f"emsim: there: cannot be written ({os.strerror(errno.ENOSPC)})\n")
        assert os.listdir(tmp_path) == []

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
