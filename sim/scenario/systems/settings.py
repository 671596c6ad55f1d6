"""What a system under test is called: ours, a shipped one, a Python object, a server, a command, or a file.

========================  ==============================================================================
``ours`` (or nothing)     our own systems
``small``                 a shipped example (`scenarios/systems/`)
``package.module:make``   a Python object: what the factory gives; the module may lie in the current folder
``path/to/file.py:make``  the same, from a file
``http://127.0.0.1:8080`` a server that is already running
``run: COMMAND``          a server to be started; ``{port}`` in the command is replaced by a free port
``path/to/file.yaml``     a server with time-outs of its own (`kind: system`)
========================  ==============================================================================
"""

import ipaddress
import re
import shlex
import shutil
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from fakes.messaging import MessagingSystem
from fakes.our_systems import OurMessagingSystem
from sim.errors import InputError, shown
from sim.marked_yaml import Schema, check, read_yaml

OURS = "ours"
OPTION = "--emsim-system"
Factory = Callable[[], MessagingSystem]

_PACKAGE = Path(__file__).parents[2]
_BARE_NAME = re.compile(r"[A-Za-z0-9_-]+")
_RUN = "run:"
_FACTORY = "make"


@dataclass(frozen=True)
class Address:
    """Where a server listens: a loopback address, its port, and the path before the verbs (empty or ``/…``)."""

    host: str
    port: int
    path: str = ""


@dataclass(frozen=True)
class Patience:
    """How long a server is waited for, in seconds: to start, for each answer; and how often a call is tried."""

    start_seconds: float = 30.0
    answer_seconds: float = 10.0
    tries: int = 3


@dataclass(frozen=True)
class PythonObject:
    """A factory; `bound`: the wall clock is bound to the simulated time while its systems run."""

    make: Factory
    bound: bool = True


@dataclass(frozen=True)
class RunningServer:
    """A server that somebody else started."""

    address: Address
    patience: Patience = Patience()


@dataclass(frozen=True)
class Command:
    """A server that is started in `folder` and ended with the session. `port`: 0 for a free one."""

    words: tuple[str, ...]
    folder: Path
    port: int = 0
    patience: Patience = Patience()


Named = PythonObject | RunningServer | Command


class _SystemFile(Schema):
    """A file of ``kind: system``."""

    emsim: Literal[1]
    kind: Literal["system"]
    title: str = Field(default="", max_length=200)
    command: str | None = Field(default=None, min_length=1)
    url: str | None = None
    port: int | None = Field(default=None, ge=1, le=65535)
    start_seconds: float = Field(default=Patience.start_seconds, gt=0, le=600)
    answer_seconds: float = Field(default=Patience.answer_seconds, gt=0, le=600)
    tries: int = Field(default=Patience.tries, ge=1, le=10)

    @model_validator(mode="after")
    def _one_way(self) -> "_SystemFile":
        if (self.command is None) == (self.url is None):
            raise ValueError("a system needs a command or a url, one of the two")
        if self.port is not None and self.url is not None:
            raise ValueError("a url says its port itself: port belongs to a command")
        return self


def shipped_systems() -> dict[str, Path]:
    """The example systems that come with emsim, by name."""
    installed = _PACKAGE / "shipped" / "systems"
    folder = installed if installed.is_dir() else _PACKAGE.parent / "scenarios" / "systems"
    files = [path for pattern in ("*.py", "*.yaml") for path in sorted(folder.glob(pattern))]
    return {path.stem: path for path in files if not path.name.endswith(".openapi.yaml")}


def system_named(name: str) -> Named:
    """The system under test of this name. Raises InputError for whatever cannot be one."""
    if not name or name == OURS:
        return PythonObject(OurMessagingSystem, bound=False)
    if name.startswith(_RUN):
        return Command(_words(name[len(_RUN) :], Path.cwd(), name), Path.cwd())
    if name.startswith(("http://", "https://")):
        return RunningServer(address_of(name))
    if _BARE_NAME.fullmatch(name):
        shipped = shipped_systems()
        if name not in shipped:
            known = ", ".join([OURS, *shipped])
            raise _wrong(f"no system has this name (allowed: {known}, or package.module:factory, a URL, run: …)", name)
        path = shipped[name]
        return system_file(path) if path.suffix == ".yaml" else _from(path, _FACTORY, name)
    if name.endswith((".yaml", ".yml")):
        return system_file(Path(name))
    module, _, attribute = name.rpartition(":")
    if not (module and attribute):
        raise _wrong("must look like package.module:factory, http://127.0.0.1:PORT or run: COMMAND", name)
    return _from(Path(module), attribute, name) if module.endswith(".py") else _imported(module, attribute, name)


def system_file(path: Path) -> Named:
    """The server that a file of ``kind: system`` describes. Raises InputError that names file, line and field."""
    marked = read_yaml(path)
    file = check(_SystemFile, marked)
    patience = Patience(file.start_seconds, file.answer_seconds, file.tries)
    field = "url" if file.command is None else "command"
    try:
        if file.url is not None:
            return RunningServer(address_of(file.url), patience)
        folder, command = path.resolve().parent, file.command or ""
        return Command(_words(command, folder, command), folder, file.port or 0, patience)
    except InputError as error:
        raise marked.error(error.problem, (field,)) from None


def address_of(url: str) -> Address:
    """The loopback address that a URL names. Raises InputError for any other."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise _wrong(f"is not a URL, {error}", url) from None
    extra = parts.query or parts.fragment or parts.username is not None
    if parts.scheme != "http" or not host or port is None or port == 0 or extra:
        raise _wrong("must look like http://127.0.0.1:PORT", url)
    if host == "localhost":
        found = [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    else:
        found = [host]
    if not found or not all(_is_loopback(one) for one in found):
        raise _wrong("only loopback addresses are allowed, such as http://127.0.0.1:PORT", url)
    # A name that stands for both kinds of address is asked at the older one first, where most servers listen.
    return Address(min(found, key=lambda one: ":" in one), port, parts.path.rstrip("/"))


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _words(command: str, folder: Path, name: str) -> tuple[str, ...]:
    try:
        words = tuple(word.replace("{python}", sys.executable) for word in shlex.split(command))
    except ValueError as error:
        raise _wrong(f"is not a command, {error}", name) from None
    if not words:
        raise _wrong("names no command", name)
    if shutil.which(folder / words[0] if "/" in words[0] else words[0]) is None:
        raise _wrong(f"there is no command {shown(words[0])}", name)
    return words


def _imported(module: str, attribute: str, name: str) -> PythonObject:
    here = str(Path.cwd())
    if here not in sys.path and "" not in sys.path:
        sys.path.append(here)
    return _object(lambda: import_module(module), attribute, name)


def _from(path: Path, attribute: str, name: str) -> PythonObject:
    def load() -> Any:
        spec = spec_from_file_location(f"emsim_system_{path.stem}", path)
        if spec is None or spec.loader is None or not path.is_file():
            raise FileNotFoundError(f"no file {path}")
        module = module_from_spec(spec)
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
        return module

    return _object(load, attribute, name)


def _object(load: Callable[[], Any], attribute: str, name: str) -> PythonObject:
    try:
        found = getattr(load(), attribute)
    except (Exception, SystemExit) as error:
        what = " ".join(f"{type(error).__name__}: {error}".split())
        raise _wrong(f"cannot be loaded, {what}", name) from error
    if not callable(found):
        raise _wrong("is not callable", name)
    return PythonObject(found)


def _wrong(problem: str, name: str) -> InputError:
    return InputError(f"{problem} (value {shown(name)})", field=OPTION)
