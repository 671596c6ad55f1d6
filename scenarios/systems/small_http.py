"""A messaging system as a server of its own, with nothing but Python's standard library.

It puts the system of small.py behind the protocol over HTTP (README.md and messaging_system.openapi.yaml, here). To put
another one there, give another factory to `Runs`: a system that is not written in Python does what `Handler` does.

    pytest scenarios/rules/limits --emsim-system "run: {python} scenarios/systems/small_http.py {port}"
"""

import json
import sys
import threading
import traceback
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from small import Small

KEPT_RUNS, KEPT_ANSWERS = 100, 10_000


class Run:
    """One run of one scenario: a system of its own, whose clock shows the time of the last call."""

    def __init__(self):
        self.now = 0
        self.system = Small(clock=lambda: datetime.fromtimestamp(self.now / 1000, UTC))

    def call(self, verb, now, given):
        self.now = now
        method = getattr(self.system, verb, None)
        if method is None or verb.startswith("_"):
            raise NotImplementedError(f"there is no {verb}")
        return method(**given) if verb == "next_due" else method(now, **given)


class Runs:
    """All runs, and the answers that were given: a call that comes again, by its key, is not done again."""

    def __init__(self, make=Run):
        self.make = make
        self.runs = {}
        self.answered = {}
        self.lock = threading.Lock()  # one call at a time: the second try of a call waits for the first one

    def supports(self):
        return {"protocol": 1, "supports": self.make().system.supports(), "many_runs": True}

    def answer(self, verb, key, body):
        with self.lock:
            if key not in self.answered:
                self.answered[key] = self._do(verb, dict(body))
                keep_last(self.answered, KEPT_ANSWERS)
            return self.answered[key]

    def _do(self, verb, body):
        """The status and the answer."""
        run, now = body.pop("run"), body.pop("now")
        if verb == "begin":
            self.runs[run] = self.make()
            keep_last(self.runs, KEPT_RUNS)
        if run not in self.runs:
            return 409, {"why": "this run has not begun"}
        try:
            return 200, self.runs[run].call(verb, now, body)
        except NotImplementedError as error:
            return 501, {"why": str(error)}
        except Exception as error:
            traceback.print_exc()  # the report shows what the process writes
            return 500, {"why": f"{type(error).__name__}: {error}"}


def keep_last(found, count):
    while len(found) > count:
        found.pop(next(iter(found)))


class Handler(BaseHTTPRequestHandler):
    """JSON in, JSON out."""

    protocol_version = "HTTP/1.1"  # connections are kept
    disable_nagle_algorithm = True  # without it, every answer takes 40 ms

    def do_GET(self):
        if self.path == "/supports":
            self.reply(200, self.server.runs.supports())
        else:
            self.reply(404, {"why": f"there is no {self.path}"})

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.reply(*self.server.runs.answer(self.path.strip("/"), self.headers["Idempotency-Key"], body))

    def reply(self, status, answer):
        text = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_request(self, code="-", size="-"):
        """Every call would be a line; only what goes wrong is worth one."""


def serve(port, runs):
    """Serve until the process is ended."""
    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.runs = runs
    print(f"listening on http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    serve(int(sys.argv[1]), Runs())
