"""Servers for tests, each with one thing wrong: ``python http_systems.py PORT FAULT``.

They are the example of `scenarios/systems/small_http.py` with another handler; emsim itself is not on their path.
"""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scenarios" / "systems"))

from small import Small
from small_http import Handler, Run, Runs

SLOW_SECONDS = 1.0


class Faulty(Handler):
    """`faults` name what is wrong; `said` counts the answers to a Send."""

    fault = ""
    said = 0
    hung = False

    def do_GET(self) -> None:
        if self.hung or self.fault == "never_up":
            time.sleep(60)
        if self.fault == "no_supports":
            self.reply(404, {})
        elif self.fault == "odd_supports":
            self.reply(200, {"protocol": 1, "supports": ["send", "sing"]})
        else:
            super().do_GET()

    def do_POST(self) -> None:
        if self.path == "/send":
            before = getattr(self, f"before_{self.fault}", None)
            if before is not None:
                before()
        super().do_POST()

    def reply(self, status: int, answer: Any) -> None:
        if self.path == "/send":
            Faulty.said += 1
            faulty = getattr(self, f"reply_{self.fault}", None)
            if faulty is not None:
                faulty(status, answer)
                return
        super().reply(status, answer)

    # Before a Send is done

    def before_crash(self) -> None:
        print("out of paper", flush=True)
        os._exit(3)

    def before_hang(self) -> None:
        Faulty.hung = True
        time.sleep(60)

    # In place of the answer to a Send that was done

    def reply_slow(self, status: int, answer: Any) -> None:
        time.sleep(SLOW_SECONDS)
        super().reply(status, answer)

    def reply_slow_once(self, status: int, answer: Any) -> None:
        if Faulty.said == 1:
            time.sleep(SLOW_SECONDS)
        super().reply(status, answer)

    def reply_drops_once(self, status: int, answer: Any) -> None:
        if Faulty.said == 1:
            self.close_connection = True
        else:
            super().reply(status, answer)

    def reply_drops(self, status: int, answer: Any) -> None:
        self.close_connection = True

    def reply_forgets_keys(self, status: int, answer: Any) -> None:
        self.server.runs.answered.clear()
        self.reply_drops_once(status, answer)

    def reply_busy_once(self, status: int, answer: Any) -> None:
        super().reply(503 if Faulty.said == 1 else status, answer)

    def reply_drips(self, status: int, answer: Any) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        for _ in range(60):
            self.wfile.write(b" ")
            time.sleep(0.1)

    def reply_not_json(self, status: int, answer: Any) -> None:
        self._text(200, "<html>Sent!</html>")

    def reply_nan(self, status: int, answer: Any) -> None:
        self._text(200, json.dumps({**answer, "due": float("nan")}))

    def reply_other_letters(self, status: int, answer: Any) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "4")
        self.end_headers()
        self.wfile.write(b'"\xe4"\n')

    def reply_status_500(self, status: int, answer: Any) -> None:
        super().reply(500, {"why": "no idea"})

    def reply_elsewhere(self, status: int, answer: Any) -> None:
        self.send_response(302)
        self.send_header("Location", "http://192.0.2.1/send")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def reply_wrong_type(self, status: int, answer: Any) -> None:
        super().reply(200, {**answer, "due": str(answer["due"])})

    def reply_unknown_field(self, status: int, answer: Any) -> None:
        super().reply(200, {**answer, "colour": "blue"})

    def reply_nothing(self, status: int, answer: Any) -> None:
        super().reply(200, None)

    def _text(self, status: int, text: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())


class Unlimited(Small):
    """It does not know the limit."""

    def _limit_reached(self, customer: int) -> bool:
        return False


class Liar(Small):
    """It claims a sent time that is not true."""

    def receipt(self, now: int, message: int, event: str, value: int) -> Any:
        told = super().receipt(now, message, event, value)
        return [{**one, "value": one["value"] - 60_000} if one["event"] == "sent_claimed" else one for one in told]


BROKEN = {"unlimited": Unlimited, "liar": Liar}


class BrokenRun(Run):
    """A run of a broken system."""

    def __init__(self) -> None:
        super().__init__()
        made: Any = BROKEN.get(Faulty.fault, Small)
        self.system = made(clock=self.system.clock)


def main(port: int, fault: str) -> None:
    """Serve until the process is ended."""
    import small_http

    Faulty.fault = fault
    small_http.Handler = Faulty
    if fault == "dies_at_once":
        print("no licence", flush=True)
        sys.exit(5)
    small_http.serve(port, Runs(BrokenRun))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
