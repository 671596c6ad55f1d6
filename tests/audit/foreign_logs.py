"""Foreign logs written by hand, for the tests of the audit."""

from pathlib import Path

from sim.audit import Log
from tests.audit.builder import policy

HEADER = "message_id,customer_id,system,timezone,issued_at,outcome,sent_at"
SYDNEY, PERTH = "Australia/Sydney", "Australia/Perth"
GOOD = "m1,c1,pluto,Australia/Sydney,2026-10-06T10:00:00.000+11:00,sent,2026-10-06T10:00:00.200+11:00"


def read(folder: Path, text: str | bytes, customers: str | None = None, values=None, name="log.csv", **more) -> Log:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    companion = None
    if customers is not None:
        companion = folder / "customers.csv"
        companion.write_text(customers, encoding="utf-8")
    return Log.from_messages(path, companion, policy=values or policy(), **more)


def rows(*lines: str, header: str = HEADER) -> str:
    return "\n".join((header, *lines)) + "\n"
