"""Whoever carries a sweep out, its files are the same, byte for byte: here, in processes, and on a Dask cluster; and a
worker that is killed on the way loses nothing."""

import multiprocessing
import os
import pickle
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import cloudpickle
import psutil
import pyarrow.parquet as pq
import pytest
from distributed import LocalCluster

import sim
from sim.errors import InputError
from sim.experiments import cluster as clusters
from sim.experiments.cluster import Cluster
from sim.experiments.executors import Executor, Processes, Serial, Tasks, executor
from sim.experiments.experiment import read_experiment
from sim.experiments.pictures import SweepPlotter
from sim.experiments.store import JOURNAL, read_summary
from sim.experiments.sweep import sweep
from sim.experiments.units import Row, unit
from tests.cli.conftest import Emsim, emsim
from tests.experiments.files import SMALL, changed, experiment, write
from tests.experiments.made_up import Told

__all__ = ["emsim"]


@pytest.fixture(scope="module", autouse=True)
def no_pictures() -> Iterator[None]:
    """They are drawn by whoever asked for the sweep, whatever made its runs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SweepPlotter, "pngs", lambda plotter: {})
        yield


def files(place: Path) -> dict[str, bytes]:
    """The results of a sweep, by name."""
    return {name: (place / name).read_bytes() for name in ("results.parquet", "summary.json")}


QUICK = changed(audit="false")
"""Most of the time of a small run is its audit."""


def made_here(folder: Path, text: str) -> Path:
    """The results of an experiment whose runs are made one after the other, in this process."""
    with Serial() as alone:
        sweep(read_experiment(write(folder, text)), folder / "out", alone)
    return folder / "out"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small experiment."""
    return made_here(tmp_path_factory.mktemp("whole"), SMALL)


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same without an audit."""
    return made_here(tmp_path_factory.mktemp("quick"), QUICK)


@pytest.fixture(scope="module")
def dask() -> Iterator[LocalCluster]:
    """A real cluster: a scheduler and two workers, each a process of its own."""
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0") as found:
        yield found


def test_a_row_is_what_a_run_of_that_seed_gives(whole: Path) -> None:
    table = pq.read_table(whole / "results.parquet").to_pandas()
    assert list(zip(table["variant"], table["replication"], strict=True)) == [
        (0, 0), (0, 1), (1, 0), (1, 1), (2, 0), (2, 1),
    ]  # fmt: skip
    assert table["staff.officers"].tolist() == [8, 8, 7, 7, 9, 9]
    assert table["seed"].tolist() == [1, 2] * 3
    run = sim.run("four_weeks", seed=2, customers=60, days=3, set={"staff.officers": 9})
    last = table.iloc[-1]
    assert last["fingerprint"] == run.manifest["fingerprint"]
    assert last["verdict"] == run.audit.verdict
    assert last["work_wait_median"] == pytest.approx(run.metrics.value("work_wait_median"), nan_ok=True)
    assert last["sent[pluto]"] == (run.metrics.value("sent", "pluto") or 0)


def test_the_summary_says_what_was_run(whole: Path) -> None:
    summary = read_summary(whole)
    assert (summary["runs"], summary["failed"]) == (6, 0)
    described = summary["experiment"]
    assert described["load"]["set"] == {"staff.officers": 8}
    assert described["factors"] == {"staff.officers": 8}
    assert described["replications"] == 2
    assert "differences" not in summary["variants"][0]


def swept(folder: Path, workers: Executor, kill: Callable[[], None]) -> dict[str, bytes]:
    """The results of the quick experiment when `kill` is called after two of its six runs."""

    class Killer(Told):
        def done(self, row: Row) -> None:
            super().done(row)
            if len(self.rows) == 2:
                kill()

    with workers:
        done = sweep(read_experiment(write(folder, QUICK)), folder / "out", workers, Killer())
    assert (done.made, done.summary["failed"]) == (6, 0)
    return files(folder / "out")


def test_two_processes_one_of_which_is_killed(quick: Path, tmp_path: Path) -> None:
    before = set(multiprocessing.active_children())
    killed = []

    def kill() -> None:
        child = next(each for each in multiprocessing.active_children() if each not in before)
        child.kill()
        killed.append(child.pid)

    assert swept(tmp_path, Processes(2), kill) == files(quick)
    assert len(killed) == 1


def test_two_dask_workers_one_of_which_is_killed(quick: Path, tmp_path: Path, dask: LocalCluster) -> None:
    killed = []

    def kill() -> None:
        pids = [each.pid for each in dask.workers.values()]
        assert len({*pids, os.getpid()}) == 3
        os.kill(pids[0], signal.SIGKILL)
        killed.append(pids[0])

    connected = Cluster(dask.scheduler_address)
    assert connected.workers == 2
    assert swept(tmp_path, connected, kill) == files(quick)
    assert len(killed) == 1


def test_the_command_on_a_cluster(whole: Path, emsim: Emsim, tmp_path: Path, dask: LocalCluster) -> None:
    answer = emsim("sweep", write(tmp_path), "--dask", dask.scheduler_address, "--out", "here")
    assert answer.code == 0, answer.error
    assert "6 runs made" in answer.out
    assert files(tmp_path / "here") == files(whole)


def test_another_version_on_the_workers_is_noticed(
    tmp_path: Path, dask: LocalCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.experiments.units.__version__", "9.9")
    with Cluster(dask.scheduler_address) as connected, pytest.raises(InputError, match="a worker has another emsim"):
        sweep(read_experiment(write(tmp_path, QUICK)), tmp_path / "out", connected)
    assert not (tmp_path / "out").exists()


def test_a_worker_without_emsim_can_read_what_it_is_sent() -> None:
    """What it cannot read would end it, and the sweep would wait for ever."""
    sent = cloudpickle.dumps((clusters._unpacking(), pickle.dumps((clusters._carry_out, ()))))
    code = (
        "import pickle, sys\n"
        "sys.modules['sim'] = None\n"
        "call, packed = pickle.loads(sys.stdin.buffer.read())\n"
        "try: call(packed)\n"
        "except ImportError as error: sys.exit(not error.name.startswith('sim'))\n"
    )
    assert subprocess.run([sys.executable, "-c", code], input=sent, check=False).returncode == 0


def test_a_scheduler_that_goes_leaves_what_is_done(tmp_path: Path) -> None:
    gone = LocalCluster(n_workers=1, threads_per_worker=1, processes=False, protocol="tcp://", dashboard_address=":0")
    with gone, pytest.raises(InputError, match="the scheduler has gone; go on with --resume"):
        swept(tmp_path, Cluster(gone.scheduler_address), gone.close)
    assert 2 <= (tmp_path / "out" / JOURNAL).read_text(encoding="utf-8").count("\n") - 1 < 6


class TestNoCluster:
    def test_an_address_where_nobody_answers(
        self, emsim: Emsim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(clusters, "SECONDS_TO_ANSWER", 0.5)
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        began = time.monotonic()
        answer = emsim("sweep", write(tmp_path), "--dask", f"tcp://127.0.0.1:{port}")
        assert (answer.code, answer.out) == (2, "")
        assert answer.error == f"emsim: --dask tcp://127.0.0.1:{port}: no Dask scheduler answers there in 0.5 s\n"
        assert time.monotonic() - began < 10
        assert not (tmp_path / "runs").exists()

    @pytest.mark.parametrize("says", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n"])
    def test_something_else_listens_there(self, says: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(clusters, "SECONDS_TO_ANSWER", 0.5)

        def answer() -> None:
            callers = []
            while True:
                try:
                    caller, _ = server.accept()
                except OSError:
                    return
                callers.append(caller)
                caller.sendall(says)

        with socket.create_server(("127.0.0.1", 0)) as server:
            threading.Thread(target=answer, daemon=True).start()
            address = f"tcp://127.0.0.1:{server.getsockname()[1]}"
            with pytest.raises(InputError, match="no Dask scheduler answers there"):
                Cluster(address)

    def test_a_worker_is_no_scheduler(self, dask: LocalCluster) -> None:
        address = next(iter(dask.workers.values())).worker_address
        with pytest.raises(InputError, match=f"--dask {address}: is a Dask Worker, not a scheduler"):
            Cluster(address)

    def test_a_scheduler_without_workers(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(clusters, "SECONDS_FOR_WORKERS", 0.5)
        nobody = LocalCluster(n_workers=0, processes=False, protocol="tcp://", dashboard_address=":0")
        with nobody, pytest.raises(InputError, match="the scheduler has no workers; start one: dask worker tcp://"):
            Cluster(nobody.scheduler_address)

    @pytest.mark.parametrize("address", ["127.0.0.1:8786", "tcp://127.0.0.1", "tcp://:8786", "tcp://a b:1", "cluster"])
    def test_what_is_no_address(self, address: str) -> None:
        with pytest.raises(InputError, match="must look like tcp://HOST:PORT"):
            Cluster(address)

    def test_without_the_extra_it_is_said_what_to_install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "distributed", None)
        with pytest.raises(InputError, match=r"--dask: needs Dask: pip install 'emsim\[cluster\]'"):
            Cluster("tcp://127.0.0.1:8786")


def test_dask_is_not_imported_without_need() -> None:
    code = "import sys, sim.experiments.sweep, sim.experiments.executors; sys.exit('distributed' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(("workers", "kind"), [(1, Serial), (3, Processes)])
def test_workers_are_processes(workers: int, kind: type) -> None:
    with executor(workers) as found:
        assert found.workers == workers
        assert isinstance(found, kind)


class TestTasks:
    def sizes(self, seconds: float | None, count: int, workers: int) -> list[int]:
        """How many runs the tasks have, when each run takes as long as the one before."""
        tasks = Tasks()
        if seconds is not None:
            tasks.took(seconds, 1)
        tasks.take([unit(self.small, 0, each, 0) for each in range(count)], count)
        found = []
        while task := tasks.next(workers):
            found.append(len(task))
        return found

    @pytest.fixture(autouse=True)
    def _small(self, tmp_path: Path) -> None:
        self.small = experiment(tmp_path)

    def test_nobody_knows_how_long_the_first_takes(self) -> None:
        assert self.sizes(None, 3, 1) == [1, 1, 1]

    def test_short_runs_share_a_task_until_there_are_few(self) -> None:
        """No more than are audited together; a third of what is left to a worker, so that all end together."""
        found = self.sizes(0.1, 70, 2)
        assert found[:3] == [10, 10, 9]
        assert found == sorted(found, reverse=True)
        assert found[-4:] == [1, 1, 1, 1]
        assert sum(found) == 70

    def test_a_worker_alone_shares_with_nobody(self) -> None:
        assert self.sizes(0.1, 24, 1) == [10, 10, 4]

    @pytest.mark.parametrize(("seconds", "most"), [(1.0, 10), (2.0, 5), (3.0, 3), (10.0, 1), (500.0, 1)])
    def test_a_task_takes_no_longer_than_ten_seconds(self, seconds: float, most: int) -> None:
        assert max(self.sizes(seconds, 100, 1)) == most

    def test_a_task_has_runs_of_one_variant(self) -> None:
        """They share an audit; runs of two variants would have two."""
        tasks = Tasks()
        tasks.took(0.1, 1)
        tasks.take([unit(self.small, variant, each, 0) for variant in range(3) for each in range(4)], 12)
        assert [[work.variant for work in tasks.next(1)] for _ in range(4)] == [[0] * 4, [1] * 4, [2] * 4, []]

    def test_many_workers_all_get_some(self) -> None:
        assert self.sizes(0.1, 64, 64) == [1] * 64


def test_processes_that_always_end_are_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that was done is lost, and nobody waits for ever."""
    monkeypatch.setattr("sim.experiments.executors._prepare_worker", os.abort)
    with Processes(2) as workers, pytest.raises(InputError, match="the processes end before the first run is done"):
        sweep(experiment(tmp_path), tmp_path / "out", workers)
    assert not (tmp_path / "out").exists()


def started(folder: Path) -> "tuple[subprocess.Popen[str], Path]":
    """A sweep of thirty runs by two workers, as a process of its own of which two runs are done; and its journal."""
    path, journal = write(folder, changed(audit="false", replications="10")), folder / "here" / JOURNAL
    command = [sys.executable, "-m", "sim.start", "sweep", str(path), "--out", "here", "--workers", "2"]
    made = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 120
    while not journal.exists() or journal.read_text(encoding="utf-8").count("\n") < 3:
        assert made.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return made, journal


def test_ctrl_c_leaves_what_is_done_and_resume_makes_the_others(tmp_path: Path) -> None:
    made, journal = started(tmp_path)
    made.send_signal(signal.SIGINT)
    _, error = made.communicate(timeout=60)
    assert made.returncode == 130
    found = re.fullmatch(r"emsim: stopped after (\d+) of 30 runs; go on with --resume", error.splitlines()[-1])
    assert found, error
    assert [each.name for each in journal.parent.iterdir()] == [JOURNAL]
    assert journal.read_text(encoding="utf-8").count("\n") == 1 + int(found[1])
    with Serial() as here:
        done = sweep(read_experiment(tmp_path / "small.yaml"), journal.parent, here, resume=True)
    assert (done.made, len(done.results), done.summary["failed"]) == (30 - int(found[1]), 30, 0)


def test_nobody_outlives_a_sweep_that_is_killed(tmp_path: Path) -> None:
    made, journal = started(tmp_path)
    workers = psutil.Process(made.pid).children(recursive=True)
    assert len(workers) >= 2
    made.kill()
    made.communicate(timeout=60)
    _, alive = psutil.wait_procs(workers, timeout=30)
    assert not alive
    assert journal.read_text(encoding="utf-8").count("\n") >= 3
