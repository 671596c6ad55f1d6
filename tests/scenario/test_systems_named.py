"""What a system under test may be called, and what is said of a name that cannot be one."""

import asyncio
import sys
import time
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from fakes.our_systems import OurMessagingSystem
from sim.errors import InputError
from sim.scenario.systems.settings import (
    Address,
    Command,
    Patience,
    PythonObject,
    RunningServer,
    address_of,
    system_file,
    system_named,
)
from sim.scenario.systems.wall_clock import wall_clock
from tests.scenario.builder import ONE, play, write

ROOT = Path(__file__).resolve().parents[2]
MODULE = "from fakes.our_systems import OurMessagingSystem\n\n\ndef make():\n    return OurMessagingSystem()\n"


@pytest.mark.parametrize("name", ["", "ours"])
def test_ours_by_name_leaves_the_clock_alone(name: str) -> None:
    assert system_named(name) == PythonObject(OurMessagingSystem, bound=False)


def test_ours_by_path_is_an_object_like_others() -> None:
    assert system_named("fakes.our_systems:OurMessagingSystem") == PythonObject(OurMessagingSystem, bound=True)


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("http://127.0.0.1:8080", Address("127.0.0.1", 8080)),
        ("http://127.0.0.1:8080/", Address("127.0.0.1", 8080)),
        ("http://127.200.0.9:1/a/b", Address("127.200.0.9", 1, "/a/b")),
        ("http://[::1]:8080", Address("::1", 8080)),
    ],
)
def test_loopback_addresses(url: str, address: Address) -> None:
    assert address_of(url) == address
    assert system_named(url) == RunningServer(address)


def test_localhost_is_loopback() -> None:
    assert address_of("http://localhost:8080").host in ("127.0.0.1", "::1")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("http://192.0.2.1:8080", "only loopback addresses are allowed, such as http://127.0.0.1:PORT"),
        ("http://0.0.0.0:8080", "only loopback addresses are allowed"),
        ("http://example.invalid:8080", "only loopback addresses are allowed"),
        ("http://128.0.0.1:8080", "only loopback addresses are allowed"),
        ("http://[2001:db8::1]:8080", "only loopback addresses are allowed"),
        ("http://127.0.0.1.example.invalid:80", "only loopback addresses are allowed"),
        ("https://127.0.0.1:8080", "must look like http://127.0.0.1:PORT"),
        ("http://127.0.0.1", "must look like http://127.0.0.1:PORT"),
        ("http://127.0.0.1:0", "must look like http://127.0.0.1:PORT"),
        ("http://127.0.0.1:99999", "is not a URL"),
        ("http://me@127.0.0.1:80", "must look like http://127.0.0.1:PORT"),
        ("http://127.0.0.1:80/?a=b", "must look like http://127.0.0.1:PORT"),
        ("run:", "names no command"),
        ("run: 'open", "is not a command, No closing quotation"),
        ("run: no-such-command-anywhere", "there is no command 'no-such-command-anywhere'"),
        ("nobody", "no system has this name (allowed: ours, "),
        ("tests.scenario.systems.", "must look like package.module:factory"),
        ("tests.scenario.nowhere:make", "cannot be loaded, ModuleNotFoundError"),
        ("tests.scenario.systems:nothing", "cannot be loaded, AttributeError"),
        ("tests.scenario.systems:NOT_A_FACTORY", "is not callable"),
        ("nowhere/mine.py:make", "cannot be loaded, FileNotFoundError: no file nowhere/mine.py"),
    ],
)
def test_names_that_cannot_be_a_system(name: str, said: str) -> None:
    with pytest.raises(InputError) as found:
        system_named(name)
    assert found.value.field == "--emsim-system"
    assert said in str(found.value)
    assert "\n" not in str(found.value)


def test_a_file_of_its_own_says_command_and_patience(tmp_path: Path) -> None:
    text = "emsim: 1\nkind: system\ncommand: '{python} serve.py {port}'\nanswer_seconds: 2\ntries: 1\n"
    path = write(tmp_path, text, "mine.yaml")
    wanted = Command((sys.executable, "serve.py", "{port}"), tmp_path, 0, Patience(30.0, 2, 1))
    assert system_named(str(path)) == wanted
    url = write(tmp_path, "emsim: 1\nkind: system\nurl: http://127.0.0.1:80\nstart_seconds: 1.5\n", "url.yaml")
    assert system_file(url) == RunningServer(Address("127.0.0.1", 80), Patience(1.5))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("command: x", ":3: command: there is no command 'x'"),
        ("url: http://10.0.0.1:80", ":3: url: only loopback addresses are allowed"),
        ("url: http://127.0.0.1:80\nport: 3", ":1: a url says its port itself"),
        ("title: nothing", ":1: a system needs a command or a url, one of the two"),
        ("command: '{python} x'\nanswer_seconds: 0", ":4: answer_seconds: must be more than 0.0 (value 0)"),
        ("command: '{python} x'\ntrys: 3", ":4: trys: unknown key (did you mean tries?)"),
    ],
)
def test_a_file_that_is_wrong_names_line_and_field(tmp_path: Path, text: str, said: str) -> None:
    path = write(tmp_path, f"emsim: 1\nkind: system\n{text}\n", "mine.yaml")
    with pytest.raises(InputError) as found:
        system_named(str(path))
    assert f"{path}{said}" in str(found.value)


def test_an_object_from_a_file(tmp_path: Path) -> None:
    write(tmp_path, MODULE, "my_own.py")
    found = system_named(f"{tmp_path / 'my_own.py'}:make")
    assert isinstance(found, PythonObject)
    assert isinstance(found.make(), OurMessagingSystem)


def test_a_module_in_the_current_folder_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also by the command `pytest`, which does not put the current folder on the path."""
    (tmp_path / "inside_here").mkdir()
    write(tmp_path / "inside_here", MODULE, "mine.py")
    monkeypatch.setattr(sys, "path", [str(ROOT), *(one for one in sys.path if one not in ("", str(Path.cwd())))])
    with pytest.raises(InputError, match="No module named 'inside_here'"):
        system_named("inside_here.mine:make")
    monkeypatch.chdir(tmp_path)
    found = system_named("inside_here.mine:make")
    assert isinstance(found, PythonObject)
    assert isinstance(found.make(), OurMessagingSystem)


class SeesTheTime(OurMessagingSystem):
    """It notes what each clock says whenever it is called."""

    seen: list[tuple[float, str, str, int]]

    def __init__(self) -> None:
        super().__init__()
        SeesTheTime.seen = [self._clocks(0)]

    def advance(self, now: int) -> list[dict[str, object]]:
        self.seen.append(self._clocks(now))
        return super().advance(now)

    @staticmethod
    def _clocks(now: int) -> tuple[float, str, str, int]:
        return time.time(), datetime.now().isoformat(), date.today().isoformat(), now  # noqa: DTZ005, DTZ011


def test_every_clock_tells_the_simulated_time(tmp_path: Path) -> None:
    before = time.time()
    (result,) = play(tmp_path, f"{__name__}:SeesTheTime", ONE)
    assert result.failures == []
    (made, *_), *calls = SeesTheTime.seen
    assert made == result.played.item.start / 1000, "the clock is set before the system is made"
    assert len(calls) > 3
    for seconds, moment, day, now in calls:
        utc = datetime.fromtimestamp(now / 1000, UTC)
        expected = (now / 1000, utc.replace(tzinfo=None).isoformat(), utc.date().isoformat())
        assert (seconds, moment, day) == expected
    assert 0 <= time.time() - before < 60


class Waits(OurMessagingSystem):
    """It waits a moment in an event loop, and changes what it was given."""

    def send(self, now: int, request: dict[str, object]) -> dict[str, object]:
        asyncio.run(asyncio.sleep(0.001))
        answer = super().send(now, request)
        request.clear()
        return answer


def test_event_loops_go_on_and_what_a_system_does_to_its_request_is_its_own_affair(tmp_path: Path) -> None:
    text = ONE.replace("template: payment_received}", "template: payment_received, times: 2, answer: send}")
    (result,) = play(tmp_path, f"{__name__}:Waits", text.replace("{as: one,", "{").partition("\nend:")[0])
    assert result.failures == []


def test_to_set_the_clock_is_cheap() -> None:
    """Some microseconds; the bound is wide, because other work shares the machine."""
    started, real = time.perf_counter(), time.perf_counter
    with wall_clock() as set_clock:
        began = real()
        for now in range(10_000):
            set_clock(now)
        took = real() - began
        assert datetime.now().microsecond == 999_000  # noqa: DTZ005
    assert started <= began
    assert took < 2.0
