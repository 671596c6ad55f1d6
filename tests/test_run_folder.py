"""Run folders: written whole or not at all, refused where they may not go, complete, and read back as they were."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

import sim
from sim import folder
from sim.errors import InputError
from sim.history import History
from sim.runs import Run

OURS = {"program": "emsim", "schema": 1}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    place = tmp_path_factory.mktemp("made") / "runs" / "small"
    return sim.run("four_weeks", seed=3, customers=400, days=5, set={"cs-daily-limit.limit": 4}, out=place)


def manifest(place: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads((place / folder.MANIFEST).read_text(encoding="utf-8"))
    return found


def write_then_fail(out: Path, error: BaseException) -> None:
    with folder.writing(out) as place:
        write_manifest(place, OURS)
        raise error


def write_while_another_appears(out: Path) -> None:
    with folder.writing(out) as place:
        write_manifest(place, {**OURS, "seed": 2})
        write_manifest(out, {**OURS, "seed": 1})


def write_manifest(place: Path, data: object) -> Path:
    place.mkdir(parents=True, exist_ok=True)
    (place / folder.MANIFEST).write_text(json.dumps(data), encoding="utf-8")
    return place


class TestWriting:
    def test_the_folder_appears_when_the_block_ends(self, tmp_path: Path) -> None:
        out = tmp_path / "a" / "b" / "run"
        with folder.writing(out) as place:
            write_manifest(place, OURS)
            assert not out.exists()
            assert place.parent == out.parent
        assert manifest(out) == OURS
        assert os.listdir(out.parent) == ["run"]

    @pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, RuntimeError, OSError])
    def test_nothing_stays_after_an_exception(self, tmp_path: Path, error: type[BaseException]) -> None:
        with pytest.raises(error):
            write_then_fail(tmp_path / "a" / "run", error())
        assert os.listdir(tmp_path) == []

    def test_an_earlier_run_survives_a_failed_one(self, tmp_path: Path) -> None:
        out = write_manifest(tmp_path / "run", {**OURS, "seed": 1})
        with pytest.raises(KeyboardInterrupt), folder.writing(out, force=True):
            raise KeyboardInterrupt
        assert manifest(out)["seed"] == 1
        assert os.listdir(tmp_path) == ["run"]

    def test_force_replaces_a_run_and_leaves_no_old_file(self, tmp_path: Path) -> None:
        out = write_manifest(tmp_path / "run", {**OURS, "schema": 0})
        (out / "old.txt").write_text("old", encoding="utf-8")
        with folder.writing(out, force=True) as place:
            write_manifest(place, OURS)
        assert os.listdir(out) == [folder.MANIFEST]
        assert os.listdir(tmp_path) == ["run"]

    def test_force_through_a_link_replaces_what_it_points_to(self, tmp_path: Path) -> None:
        real = write_manifest(tmp_path / "real", {**OURS, "seed": 1})
        link = tmp_path / "link"
        link.symlink_to(real)
        with folder.writing(link, force=True) as place:
            write_manifest(place, {**OURS, "seed": 2})
        assert link.is_symlink()
        assert manifest(real)["seed"] == 2

    @pytest.mark.parametrize("force", [False, True])
    @pytest.mark.parametrize(
        "content",
        [None, "", "{", "[]", '{"schema": 1}', '{"program": "other"}'],
        ids=["no manifest", "empty", "not JSON", "a list", "no program", "another program"],
    )
    def test_a_folder_without_our_manifest_is_never_touched(
        self, tmp_path: Path, force: bool, content: str | None
    ) -> None:
        out = tmp_path / "run"
        out.mkdir()
        (out / "precious.txt").write_text("keep", encoding="utf-8")
        if content is not None:
            (out / folder.MANIFEST).write_text(content, encoding="utf-8")
        with (
            pytest.raises(InputError, match=r"run: exists and holds no manifest\.json of emsim"),
            folder.writing(out, force),
        ):
            pytest.fail("the block was entered")
        assert (out / "precious.txt").read_text(encoding="utf-8") == "keep"
        assert os.listdir(tmp_path) == ["run"]

    def test_a_run_is_not_replaced_without_force(self, tmp_path: Path) -> None:
        out = write_manifest(tmp_path / "run", OURS)
        with pytest.raises(InputError, match="run: exists; add --force"), folder.writing(out):
            pytest.fail("the block was entered")

    @pytest.mark.parametrize("force", [False, True])
    def test_a_file_is_not_replaced(self, tmp_path: Path, force: bool) -> None:
        out = tmp_path / "run"
        out.write_text("keep", encoding="utf-8")
        with pytest.raises(InputError, match="is a file, not a run folder"), folder.writing(out, force):
            pytest.fail("the block was entered")
        assert out.read_text(encoding="utf-8") == "keep"

    def test_a_place_below_a_file_is_refused_before_anything_is_done(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("", encoding="utf-8")
        with pytest.raises(InputError, match="cannot"), folder.writing(tmp_path / "file" / "run"):
            pytest.fail("the block was entered")
        assert os.listdir(tmp_path) == ["file"]

    def test_a_folder_that_appeared_meanwhile_is_not_replaced(self, tmp_path: Path) -> None:
        out = tmp_path / "run"
        with pytest.raises(InputError, match="exists"):
            write_while_another_appears(out)
        assert manifest(out)["seed"] == 1
        assert os.listdir(tmp_path) == ["run"]

    def test_a_killed_run_leaves_nothing_at_its_place(self, tmp_path: Path) -> None:
        code = (
            "import os, signal, sys; from pathlib import Path; from sim import folder\n"
            "with folder.writing(Path(sys.argv[1])) as place:\n"
            "    (place / 'manifest.json').write_text('{}')\n"
            "    os.kill(os.getpid(), signal.SIGKILL)\n"
        )
        done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "run")], check=False)
        assert done.returncode == -signal.SIGKILL
        assert not (tmp_path / "run").exists()


class TestContents:
    def test_it_holds_exactly_what_the_design_names(self, run: Run) -> None:
        assert run.folder is not None
        assert sorted(os.listdir(run.folder)) == sorted(folder.FILES)
        pictures = list((run.folder / folder.PLOTS).iterdir())
        assert len(pictures) >= 8
        assert all(picture.read_bytes().startswith(b"\x89PNG") for picture in pictures)
        assert "<html" in (run.folder / folder.REPORT).read_text(encoding="utf-8")[:500].lower()

    def test_the_manifest_says_what_was_run(self, run: Run) -> None:
        assert run.folder is not None
        found = manifest(run.folder)
        assert found["program"] == "emsim"
        assert found["schema"] == 1
        assert found["version"] == sim.__version__
        assert found["seed"] == 3
        load = found["load"]
        assert isinstance(load, dict)
        assert [load[name] for name in ("name", "start", "days", "customers")] == ["four_weeks", "2026-09-21", 5, 400]
        assert found["sets"] == {"policy": {"cs-daily-limit.limit": 4}, "parameters": {}}
        assert found["observed"] == {"from": "2026-09-20T14:00:00.000Z", "to": "2026-09-25T14:00:00.000Z"}
        assert found["fingerprint"] == run.history.fingerprint()
        assert found["verdict"] == run.audit.verdict
        parameters = found["parameters"]
        assert isinstance(parameters, dict)
        assert {"value", "unit", "status", "source"} <= parameters["values"]["staff.officers"].keys()

    def test_the_counts_are_those_of_the_tables(self, run: Run) -> None:
        assert run.folder is not None
        counts = manifest(run.folder)["counts"]
        assert isinstance(counts, dict)
        for name in ("events", "messages", "customers", "officers"):
            assert counts[name] == pq.read_metadata(run.folder / f"{name}.parquet").num_rows > 0, name

    def test_every_file_carries_a_schema_version(self, run: Run) -> None:
        assert run.folder is not None
        for name in folder.FILES:
            path = run.folder / name
            if path.suffix == ".json":
                assert json.loads(path.read_text(encoding="utf-8"))["schema"] == 1, name
            elif path.suffix == ".parquet":
                assert (pq.read_schema(path).metadata or {})[b"emsim_schema"] == b"1", name

    def test_all_breaches_are_kept_and_the_json_caps_evidence(self, run: Run) -> None:
        assert run.folder is not None
        breaches = pd.read_parquet(run.folder / folder.BREACHES)
        audit = json.loads((run.folder / folder.AUDIT).read_text(encoding="utf-8"))
        assert len(breaches) == sum(rule["breaches"] for rule in audit["rules"].values())
        assert all(len(rule["evidence"]) <= 20 for rule in audit["rules"].values())

    def test_the_same_run_again_differs_only_in_its_seconds(self, run: Run, tmp_path: Path) -> None:
        assert run.folder is not None
        again = tmp_path / "again"
        sim.run("four_weeks", seed=3, customers=400, days=5, set={"cs-daily-limit.limit": 4}, out=again)
        files = [path.relative_to(again) for path in sorted(again.rglob("*")) if path.is_file()]
        assert len(files) > len(folder.FILES)
        for name in files:
            if name.name != folder.MANIFEST:
                assert (again / name).read_bytes() == (run.folder / name).read_bytes(), name
        assert {**manifest(again), "seconds": 0} == {**manifest(run.folder), "seconds": 0}


class TestReading:
    def test_a_run_is_read_back_as_it_was(self, run: Run) -> None:
        assert run.folder is not None
        read = sim.load_run(run.folder)
        assert read.history.fingerprint() == run.history.fingerprint()
        assert read.policy == run.policy
        assert read.audit.to_json() == run.audit.to_json()
        assert read.metrics.to_json() == run.metrics.to_json()
        pd.testing.assert_frame_equal(read.messages, run.messages)
        pd.testing.assert_frame_equal(read.events, run.events)

    def test_a_run_in_memory_writes_nothing(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        made = sim.run("four_weeks", customers=40, days=2)
        assert made.folder is None
        assert len(made.messages) > 0
        assert made.audit.verdict in {"pass", "unknown", "fail"}
        assert os.listdir(tmp_path) == []

    def test_the_name_run_stays_the_function(self) -> None:
        assert callable(sim.run)
        assert sim.run is sim.run
        with pytest.raises(AttributeError, match="no attribute 'walk'"):
            _ = sim.walk

    def test_messages_have_utc_and_local_times(self, run: Run) -> None:
        sent = run.messages.dropna(subset="sent_at")
        perth = sent[sent["timezone"] == "Australia/Perth"]
        assert len(perth) > 0
        hours = (perth["sent_at_local"] - perth["sent_at"].dt.tz_localize(None)) / np.timedelta64(1, "h")
        assert set(hours) == {8.0}
        assert {"at", "at_local"} <= set(run.events.columns)

    def test_a_notebook_shows_a_readable_summary(self, run: Run) -> None:
        page = run._repr_html_()
        assert "Four weeks of messaging" in page
        assert "cs-daily-limit.limit = 4" in page
        assert all(f"<td style='text-align: left'>{rule}</td>" in page for rule in run.audit.rules)
        assert repr(run).startswith("<Run of four_weeks, seed 3: ")

    def test_a_set_value_is_judged_on_top_of_the_saved_policy(self, run: Run) -> None:
        log = run.log({"cs-hourly-confirmation.minutes": "30"})
        assert log.value("cs-hourly-confirmation.minutes") == 30
        assert log.value("cs-daily-limit.limit") == 4
        with pytest.raises(InputError, match=r"staff\.officers: unknown policy value"):
            run.log({"staff.officers": "4"})

    @pytest.mark.parametrize(
        ("name", "content", "complaint"),
        [
            (folder.MANIFEST, None, "holds no manifest.json"),
            (folder.MANIFEST, b"{", "manifest.json:1: is not JSON"),
            (folder.MANIFEST, b"[]", "must hold a JSON object"),
            (folder.MANIFEST, b"\xff\xfe", "cannot be read"),
            (folder.MANIFEST, b'{"program": "other"}', "program: was not written by emsim"),
            (folder.MANIFEST, b'{"program": "emsim", "schema": 99}', "reads schema version 1, not 99"),
            (folder.MANIFEST, b'{"program": "emsim", "schema": 1}', "lacks what a manifest holds"),
            (folder.POLICY, None, "policy.json: no such file"),
            (folder.POLICY, b"{}", "not whole"),
            (folder.EVENTS, None, "events.parquet: no such file"),
            (folder.EVENTS, b"no parquet", "events.parquet: is not a history"),
        ],
    )
    def test_a_damaged_folder_is_bad_input(
        self, run: Run, tmp_path: Path, name: str, content: bytes | None, complaint: str
    ) -> None:
        assert run.folder is not None
        damaged = tmp_path / "damaged"
        damaged.mkdir()
        for needed in (folder.MANIFEST, folder.POLICY, folder.EVENTS, folder.MESSAGES):
            (damaged / needed).write_bytes((run.folder / needed).read_bytes())
        (damaged / name).unlink()
        if content is not None:
            (damaged / name).write_bytes(content)
        with pytest.raises(InputError) as raised:
            sim.load_run(damaged)
        assert complaint in str(raised.value)
        assert "\n" not in str(raised.value)

    def test_another_history_than_the_manifest_names_is_bad_input(self, run: Run, tmp_path: Path) -> None:
        assert run.folder is not None
        for needed in (folder.MANIFEST, folder.POLICY):
            (tmp_path / needed).write_bytes((run.folder / needed).read_bytes())
        History.of([{"time": 1, "event": 10, "customer": 1}]).save(tmp_path / folder.EVENTS)
        with pytest.raises(InputError, match="another fingerprint"):
            sim.load_run(tmp_path)

    @pytest.mark.parametrize(("name", "complaint"), [("none", "no such run folder"), ("file", "is a file")])
    def test_no_folder_at_all(self, tmp_path: Path, name: str, complaint: str) -> None:
        (tmp_path / "file").write_text("", encoding="utf-8")
        with pytest.raises(InputError, match=complaint):
            sim.load_run(tmp_path / name)


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_stopped_run_leaves_no_trace(tmp_path: Path, sent: signal.Signals, code: int) -> None:
    command = [sys.executable, "-m", "sim.start", "run", "four_weeks", "--customers", "20000"]
    running = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    for _ in range(600):
        if any((tmp_path / "runs").glob(".*.part")):
            break
        assert running.poll() is None, running.stderr and running.stderr.read()
        time.sleep(0.05)
    time.sleep(0.5)
    running.send_signal(sent)
    out, error = running.communicate(timeout=60)
    assert running.returncode == code
    assert out == ""
    assert "Traceback" not in error
    assert os.listdir(tmp_path) == []


def test_the_default_place_is_named_after_load_and_seed() -> None:
    assert folder.default_place("four_weeks", 7) == Path("runs/four_weeks-seed7")


class TestStoppedAudit:
    def test_a_check_that_ctrl_c_stopped_has_not_crashed(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        """DuckDB answers Ctrl-C with an error of its own, which a rule's audit takes for a crash."""
        import sim.audit.cs_send_window as rule
        from sim.runs import judge_log

        def stopped(log: object) -> None:
            raise RuntimeError("Query interrupted")

        def crashed(log: object) -> None:
            raise RuntimeError("something else")

        monkeypatch.setattr(rule, "audit", stopped)
        with pytest.raises(KeyboardInterrupt):
            judge_log(run.log())
        monkeypatch.setattr(rule, "audit", crashed)
        assert judge_log(run.log()).crashed == ("cs-send-window",)

    @pytest.mark.parametrize(
        ("error", "becomes"),
        [
            (RuntimeError("Query interrupted"), KeyboardInterrupt),
            (RuntimeError("no memory"), RuntimeError),
            (ValueError("Query interrupted"), ValueError),
        ],
    )
    def test_reading_that_was_stopped(self, error: Exception, becomes: type[BaseException]) -> None:
        with pytest.raises(becomes), sim.runs.stoppable():
            raise error
