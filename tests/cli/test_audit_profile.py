"""``emsim audit`` of a messages file tells what the file is like."""

import json
from pathlib import Path

from tests.cli.conftest import Emsim

LOG = """\
message_id,customer_id,system,timezone,issued_at,outcome,sent_at
m1,c1,pluto,Australia/Sydney,2026-10-06T10:00+11:00,sent,2026-10-06T10:00+11:00
m2,c2,pluto,Australia/Perth,2026-10-09T10:00+08:00,refused,
"""


def test_the_profile_of_a_file(emsim: Emsim, tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(LOG, encoding="utf-8")
    found = json.loads(emsim("audit", "log.csv", "--json").out)["profile"]
    assert (found["rows"], found["customers"], found["gaps"]["count"]) == (2, 2, 1)
    assert found["columns"]["sent_at"] == {"empty_share": 0.5, "resolution": "minutes"}
    words = emsim("audit", "log.csv").out
    for part in (
        "2 rows about 2 customers from 2026-10-05T23:00:00.000Z to 2026-10-09T02:00:00.001Z (3.13 days)",
        "Australia/Perth 1, Australia/Sydney 1",
        "Gaps of more than a day: 1; the longest of 3.12 days",
        "Times are written in: issued_at minutes, sent_at minutes",
        "Empty cells: sent_at 50.0%",
        "Columns that are not there: officer_id",
    ):
        assert part in words


def test_a_run_folder_has_none(emsim: Emsim, run_folder: Path) -> None:
    assert "profile" not in json.loads(emsim("audit", run_folder, "--json").out)
    assert "Empty cells" not in emsim("audit", run_folder).out
