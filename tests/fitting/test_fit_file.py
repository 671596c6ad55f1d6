"""Somebody's export: what few columns allow, and what they do not."""

from pathlib import Path

import pandas as pd
import pytest

from sim.errors import InputError
from sim.fitting import Fit, fit
from sim.fitting.calibration import Count, pooled
from sim.fitting.evidence import read
from sim.population.parameters import load_parameters
from tests.fitting.logs import CHANGED, REQUIRED, export, made
from tests.fitting.logs import found as outright

PEOPLE = 424
"""Those of the 500 who are in Child Support."""


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Fit:
    """The seven columns, and the template, of a run whose customers are on record as by default."""
    path = export(made(1, ("work.", "cuba.")), tmp_path_factory.mktemp("few") / "export.csv", "template")
    return fit(path, population=PEOPLE, seed=50)


@pytest.fixture(scope="module")
def companion(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Times in seconds with what became of each message, and what is on record of the customers."""
    run, folder = made(1), tmp_path_factory.mktemp("companion")
    path = export(run, folder / "export.csv", "channel", "delivered_at", "failed_at", "due_at", "officer_id")
    table = pd.read_csv(path)
    for name in ("issued_at", "sent_at", "delivered_at", "failed_at", "due_at"):
        table[name] = table[name].str.replace(r"\.\d+", "", regex=True)
    table.to_csv(path, index=False)
    run.customers.assign(mobile_status_from=run.manifest["observed"]["from"]).to_csv(folder / "people.csv", index=False)
    return path, folder / "people.csv"


def test_seven_columns_and_the_template_give_volumes_and_the_week(few: Fit) -> None:
    told, truth = few.findings.estimates, load_parameters(CHANGED)
    for name in ("work.payment_per_year", "work.objection_per_year", "work.information_request_per_year",
                 "cuba.notices_per_year", "cuba.payment_reminder_share"):  # fmt: skip
        one = told[name]
        assert one.low is not None
        assert one.high is not None
        assert one.low <= truth[name] <= one.high, name
    assert told["work.payment_per_year"].low > load_parameters()["work.payment_per_year"]
    assert told["cuba.batch_at"].value == "19:30"
    assert few.load.customers == PEOPLE == len(made(1).customers)
    assert few.load.programmes == ("child_support",)
    assert few.load.parameters["population.centrelink_only"] == 0.0


def test_what_the_columns_do_not_hold_is_said_with_why(few: Fit) -> None:
    why = {name: one.why for one in few.findings.missing for name in one.names}
    assert "failed_at" in why["gateway.delivered_share"]
    assert "delivered_at" in why["gateway.receipt_delay_seconds.median"]
    assert "has no answers" in why["behaviour.response_share"]
    assert "--customers" in why["population.opted_out"]
    assert "--customers" in why["behaviour.opt_out_per_message"]
    assert why.keys().isdisjoint(few.findings.estimates)
    text = few.text()
    assert all(name in text or name.partition(".")[2] in text for name in why)


def test_the_simulated_run_sends_as_much_as_the_log(few: Fit) -> None:
    volumes = [row for row in few.compared if row.what.startswith("issued")]
    assert {row.what for row in volumes} == {f"issued a customer and year, {system}" for system in ("cuba", "pluto")}
    assert not any(row.differs for row in volumes)


def test_what_an_unknown_number_of_customers_means_is_said(few: Fit, tmp_path: Path) -> None:
    path = export(made(1), tmp_path / "export.csv")
    seen = len(set(pd.read_csv(path)["customer_id"]))
    alone = read(path, None, {}, None, None)
    assert alone.customers == seen < PEOPLE
    assert alone.only_the_seen
    assert not few.evidence.only_the_seen
    assert few.evidence.customers == PEOPLE
    with pytest.raises(
        InputError, match=f"--population: the log has more customers than that .value 10; at least {seen}"
    ):
        read(path, None, {}, None, 10)


def test_a_companion_tells_of_the_customers(companion: tuple[Path, Path]) -> None:
    found = fit(companion[0], companion[1], seed=50, check_customers=100)
    told, truth, run = found.findings.estimates, load_parameters(CHANGED), made(1)
    assert found.evidence.customers == len(run.customers)
    for name in ("population.opted_out", "population.no_mobile", "population.overseas_mobile"):
        assert told[name] == outright(1).estimates[name], "the same facts as the run itself has"
    for name in ("gateway.never_reported_share", "gateway.receipt_delay_seconds.median",
                 "gateway.receipt_delay_seconds.sigma"):  # fmt: skip
        assert told[name].value == pytest.approx(outright(1).estimates[name].value, rel=0.03), name
    for name in ("behaviour.opt_out_per_message", "gateway.delivered_share"):
        one = told[name]
        assert one.low is not None
        assert one.high is not None
        assert one.low <= truth[name] <= one.high, name
    assert "steps of 1 s" in told["gateway.receipt_delay_seconds.median"].method
    why = {name: one.why for one in found.findings.missing for name in one.names}
    assert "shorter than the 1 s" in why["gateway.acknowledgement_ms.median"]
    assert {"held, cuba", "held, pluto"} <= {one.name for one in found.findings.figures}
    assert told["staff.officers"].value <= 12


@pytest.mark.parametrize(
    ("counts", "effective"),
    [([10, 10, 10], 30.0), ([0, 20, 10], 3.0), ([0, 0, 0], 0.0), ([5], 5.0)],
)
def test_runs_that_differ_by_more_than_chance_tell_less(counts: list[int], effective: float) -> None:
    found = pooled([Count(count, float(count), 2.0) for count in counts])
    assert found == pytest.approx(Count(sum(counts), effective, 2.0 * len(counts)))


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("", "the file is empty"),
        (",".join(REQUIRED) + "\n", "the file has no rows"),
        (
            ",".join(REQUIRED) + "\n1,2,pluto,Australia/Perth,2026-10-02T09:30:00Z,refused,\n",
            "no message of the log was issued, so there is nothing to fit",
        ),
        (
            ",".join(REQUIRED) + "\n1,2,pluto,Australia/Perth,2026-10-02T09:30,sent,\n",
            "a time without an offset",
        ),
    ],
)
def test_a_file_that_cannot_be_fitted(tmp_path: Path, content: str, complaint: str) -> None:
    path = tmp_path / "export.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=complaint):
        fit(path)
