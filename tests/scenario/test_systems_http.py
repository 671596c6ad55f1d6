"""A system that speaks the protocol over HTTP, in a process of its own: answers in time, late, wrong, or not at all."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fnmatch import fnmatch
from pathlib import Path

import pytest

from sim.errors import InputError
from sim.scenario.expand import read_scenarios
from sim.scenario.session import Options, Result, Session, run_items
from sim.scenario.systems.plug import check_system
from sim.scenario.telling import report
from tests.scenario.builder import HEAD, HTTP_SYSTEMS, ONE, http_system, play, write

pytest_plugins = ["pytester"]
ROOT = Path(__file__).resolve().parents[2]
LIMIT = (
    HEAD
    + """\
customers: {ana: {zone: Australia/Perth}}
steps:
  - at: 2026-09-21 08:00
    send: {as: all, customer: ana, template: payment_received, times: 6, answer: send}
end:
  arrived: {ana: 5}
"""
)
MOST_SECONDS = 20.0
"""No case takes so long by far, unless something waits that must not wait."""


def timed_play(folder: Path, fault: str, *texts: str, **settings: object) -> list[Result]:
    """Play scenarios against a server with this fault, in bounded time."""
    began = time.monotonic()
    results = play(folder, http_system(folder, fault, **settings), *(texts or (ONE,)))
    assert time.monotonic() - began < MOST_SECONDS
    return results


def said(result: Result) -> list[str]:
    return [failure.actual for failure in result.failures]


@pytest.mark.parametrize("fault", ["none", "slow_once", "drops_once", "busy_once"])
def test_a_call_that_is_tried_again_is_done_once(tmp_path: Path, fault: str) -> None:
    (result,) = timed_play(tmp_path, fault, ONE, answer_seconds=0.9)
    assert (said(result), result.unknown) == ([], [])


def test_a_system_that_does_it_twice_is_caught(tmp_path: Path) -> None:
    """The second try finds the message of the first one, and asks whether there is to be another one."""
    (result,) = timed_play(tmp_path, "forgets_keys")
    assert "needs_confirmation" in said(result)


def test_a_send_that_is_late_is_unknown_and_what_arrives_settles_it(tmp_path: Path) -> None:
    right, wrong = timed_play(
        tmp_path, "slow", ONE, ONE.replace("handed_over: 2026-09-22 08:00", "arrivals: 0"), tries=1
    )
    late = "the system did not answer in time (POST /send, tried 1 time(s), 0.4 s each)"
    assert (said(right), right.unknown) == ([], [late])
    assert [(one.where, one.expected, one.actual) for one in wrong.failures] == [
        ("end.messages.one.arrivals", "0", "1")
    ]
    assert wrong.unknown == [late]


def test_an_answer_that_drips_is_late_too(tmp_path: Path) -> None:
    (result,) = timed_play(tmp_path, "drips", tries=1)
    assert (said(result), len(result.unknown)) == ([], 1)


@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        ("not_json", "answered status 200 '<html>Sent!</html>': the answer is not JSON"),
        ("nan", "the answer is not JSON"),
        ("other_letters", "the answer is not JSON"),
        ("status_500", 'answered status 500 \'{"why": "no idea"}\': the status must be 200, or 501'),
        ("elsewhere", "answered status 302 '': the status must be 200, or 501"),
        ("wrong_type", "due: must be a whole number (value '1790035200000')"),
        ("unknown_field", "colour: unknown key"),
        ("nothing", "must be a mapping of names to values (value None)"),
        ("drops", "was not answered: the connection was closed (tried 2 time(s), 0.4 s each)"),
    ],
)
def test_answers_outside_the_protocol_are_told_with_the_request_and_the_run_goes_on(
    tmp_path: Path, fault: str, problem: str
) -> None:
    nothing_sent = HEAD + "customers: {ana: {zone: Australia/Perth}}\nsteps:\n  - at: 2026-09-21 09:00\n" + (
        "    record: {event: opt_out_recorded, customer: ana}\n"
    )  # fmt: skip
    first, second = timed_play(tmp_path, fault, ONE, nothing_sent)
    (failure,) = first.failures
    assert failure.where == "steps[0]"
    assert failure.expected == "answers within the protocol"
    assert "'template': 'payment_received'" in failure.actual
    assert problem in failure.actual
    assert (said(second), second.unknown) == ([], [])


def test_a_process_that_crashes_ends_all_that_is_left_at_once(tmp_path: Path) -> None:
    first, *others = timed_play(tmp_path, "crash", *[ONE] * 30, answer_seconds=5, tries=3)
    (failure,) = first.failures
    assert failure.expected == "an answer"
    assert failure.actual.startswith("the system does not answer: its process ended with exit code 3 (at POST /send {")
    assert "out of paper" in report(first, "")
    assert {tuple(said(other)) for other in others} == {(failure.actual,)}


def test_a_process_that_hangs_is_given_up_after_one_scenario(tmp_path: Path) -> None:
    results = timed_play(tmp_path, "hang", *[ONE] * 30)
    assert {text.partition(" (at")[0] for result in results for text in said(result)} == {
        "the system does not answer: it did not answer in time"
    }
    assert all(len(result.failures) == 1 for result in results)


def test_a_session_in_shares_does_not_start_again_what_is_gone(tmp_path: Path) -> None:
    items = read_scenarios(write(tmp_path, ONE)) * 2
    name = http_system(tmp_path, "dies_at_once")
    session_in_shares = Session(items, Options(name), shares=[0, 1])
    first = session_in_shares.result(0)
    Path(name).unlink()  # it is not even looked at
    second = session_in_shares.result(1)
    assert said(first) == said(second)
    assert "exit code 5" in said(first)[0]


@pytest.mark.parametrize(
    ("fault", "settings", "problem"),
    [
        ("dies_at_once", {}, "its process ended with exit code 5 before it answered; it wrote 'no licence'"),
        ("never_up", {"start_seconds": 0.5}, "the system was not up 0.5 s after its start: the system does not answer"),
        ("no_supports", {}, "GET /supports answered status 404"),
        ("odd_supports", {}, "supports[1]: must be one of open_dialog, preview, send,"),
    ],
)
def test_a_process_that_does_not_come_up_is_told_by_every_scenario(
    tmp_path: Path, fault: str, settings: dict[str, object], problem: str
) -> None:
    results = timed_play(tmp_path, fault, ONE, ONE, **settings)
    for result in results:
        (failure,) = result.failures
        assert problem in failure.actual


@pytest.mark.parametrize(
    ("fault", "caught_by"),
    [("none", []), ("unlimited", ["end.arrived.ana", "audit of cs-daily-limit"]), ("liar", ["audit of cs-once"])],
)
def test_broken_systems_are_caught_over_http_too(tmp_path: Path, fault: str, caught_by: list[str]) -> None:
    (result,) = run_items(read_scenarios(write(tmp_path, LIMIT)), Options(http_system(tmp_path, fault)))
    assert [failure.where for failure in result.failures] == caught_by


# A server that is already running


@contextmanager
def running(fault: str = "none") -> Iterator[str]:
    """A server that the session does not start; gives its URL."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [sys.executable, str(HTTP_SYSTEMS), str(port), fault]
    server = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert server.stdout is not None
    try:
        assert b"listening" in server.stdout.readline()
        yield f"http://127.0.0.1:{port}"
    finally:
        server.kill()
        server.wait()
        server.stdout.close()


def test_a_running_server_serves_session_after_session(tmp_path: Path) -> None:
    with running() as url:
        for _ in range(2):
            (result,) = play(tmp_path, url, ONE)
            assert (said(result), result.unknown) == ([], [])
        check_system(url, workers=2)
    with pytest.raises(InputError, match="the system does not answer: nothing listens there"):
        check_system(url, workers=1)


def test_only_a_server_that_keeps_runs_apart_is_shared_by_workers(tmp_path: Path) -> None:
    one_port = http_system(tmp_path, "none", port=65_000)
    check_system(one_port, workers=1)
    with pytest.raises(InputError, match="one port is not enough for 2 workers"):
        check_system(one_port, workers=2)


def test_a_port_that_is_taken_is_not_mistaken_for_the_system(tmp_path: Path) -> None:
    with running() as url:
        (result,) = timed_play(tmp_path, "none", port=int(url.rpartition(":")[2]))
    assert "is in use already" in said(result)[0]


# Sessions of pytest


def session(folder: Path, *words: str) -> "subprocess.Popen[str]":
    """A pytest session in a process group of its own."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", str(folder)]
    return subprocess.Popen(
        [*command, "-q", *words], cwd=folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        start_new_session=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("http://127.0.0.1:9", "the system does not answer: nothing listens there *"),
        ("http://192.0.2.1:80", "only loopback addresses are allowed*"),
        ("run: no-such-command", "there is no command 'no-such-command' *"),
    ],
)
def test_a_system_that_is_not_there_is_one_line_and_exit_code_4(
    pytester: pytest.Pytester, name: str, problem: str
) -> None:
    write(pytester.path, ONE)
    pytester.syspathinsert(ROOT)
    result = pytester.runpytest_inprocess("--emsim-system", name)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    (line,) = [line for line in result.errlines if line]
    assert fnmatch(line, f"ERROR: --emsim-system: {problem}")


def test_ctrl_c_ends_the_process(tmp_path: Path) -> None:
    write(tmp_path, ONE)
    done = session(tmp_path, "one.yaml", "--emsim-system", http_system(tmp_path, "hang", answer_seconds=60))
    _wait_for(lambda: len(_servers_of(tmp_path)) == 1)
    time.sleep(0.5)  # it is in the middle of the Send
    os.killpg(done.pid, signal.SIGINT)
    done.communicate(timeout=30)
    assert done.returncode == pytest.ExitCode.INTERRUPTED
    assert not _servers_of(tmp_path)


def test_whoever_is_killed_takes_the_process_with_them(tmp_path: Path) -> None:
    """As a worker of pytest-xdist may be."""
    plugged = "import sys; from sim.scenario.systems.plug import plug_in\nwith plug_in(sys.argv[1]):\n    input()"
    words = [sys.executable, "-c", plugged, http_system(tmp_path, "none")]
    other = subprocess.Popen(words, stdin=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)})
    _wait_for(lambda: len(_servers_of(tmp_path)) == 1)
    other.kill()
    other.communicate()
    _wait_for(lambda: not _servers_of(tmp_path))


def _wait_for(what: Callable[[], bool], seconds: float = 40.0) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _servers_of(folder: Path) -> list[str]:
    """The processes of http_systems.py that run in this folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
            if str(HTTP_SYSTEMS).encode() in words and (process / "cwd").resolve() == folder and b"-I" not in words:
                found.append(process.name)
        except OSError:
            continue
    return found
