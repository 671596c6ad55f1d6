"""A fit from beginning to end: read a log, estimate, calibrate what only the model can tell, simulate, compare."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim import runs
from sim.errors import InputError
from sim.fitting import load_text
from sim.fitting.calibration import calibrate
from sim.fitting.comparison import Compared, compare, samples, weekly_counts
from sim.fitting.delivery import delivery
from sim.fitting.estimates import Estimate, Finding, Findings, Missing, plain
from sim.fitting.evidence import Evidence, read
from sim.fitting.load_text import Frame
from sim.fitting.people import people
from sim.fitting.week import FACTORS, week_of_run
from sim.fitting.work import BATCH, batch, volumes, work_of_run
from sim.population.parameters import load_parameters
from sim.progress import Progress, Silent
from sim.runs import Run
from sim.scenario.load import Load
from sim.scenario.load_format import MOST_SEED

if TYPE_CHECKING:
    import pandas as pd

LEAST_CUSTOMERS = 200
_CUSTOMER_DAYS = 150_000
"""So many customers × days are simulated for the check unless somebody says how many."""
_FOR = 20_000
"""The customers of the default load, for whom its staff is."""


class Fit:
    """What came of a fit.

    ``findings``   estimates, figures and what could not be told (`sim.fitting.estimates`).
    ``load``       the load with the fitted values, ready for `sim.run`.
    ``compared``   rows of the comparison with a simulated run.
    ``simulated``  that run.
    """

    def __init__(self, evidence: Evidence, frame: Frame, findings: Findings, simulated: Evidence, seed: int) -> None:
        self.evidence = evidence
        self.findings = findings
        self.simulated = simulated
        self.compared: list[Compared] = compare(evidence, simulated)
        self._frame = frame
        self._seed = seed

    @property
    def load(self) -> Load:
        """The fitted load for all customers of the log."""
        return load_text.as_load(self._frame, self.findings, self._frame.customers, self._seed)

    @property
    def about(self) -> str:
        """What it was fitted to, in a few words."""
        log = self.evidence
        return (
            f"{log.source}: {len(log.messages):,} messages about {log.customers:,} customers in {log.days} days from "
            f"{log.start}"
        )

    @property
    def caveats(self) -> list[str]:
        """What a reader must know before the values are used."""
        found = []
        if self.evidence.only_the_seen:
            found.append(
                "The log holds only customers who got a message, so rates a customer are too high, and as many too few "
                "customers make up for it; name all of them with --population or --customers"
            )
        if self.evidence.run is None:
            found.append(
                "When work arrives is not in a file: how much of it does so outside office hours stays an assumption, "
                "and what waited when the log ended is made up for by a higher or lower rate"
            )
            if not self.evidence.has_companion:
                found.append(
                    "How customers are on record (mobiles, opt-outs) is not in the file: it is assumed, and rates make "
                    "up for what differs"
                )
            if not self.evidence.has("officer_id"):
                found.append("How many officers there are is not in the file (officer_id): their number is assumed")
        clipped = [name for name, one in self.findings.estimates.items() if self._is_clipped(one)]
        if clipped:
            found.append(
                f"The model cannot go as far as the log for {', '.join(clipped)}: the nearest possible is used"
            )
        differ = [row.what for row in self.compared if row.differs]
        if differ:
            found.append(f"The simulated run differs from the log in: {'; '.join(differ)}")
        return found

    @staticmethod
    def _is_clipped(one: Estimate) -> bool:
        high = load_parameters().details[one.name].maximum
        return isinstance(high, int | float) and isinstance(one.value, int | float) and one.value > high

    def text(self) -> str:
        """The file of the fitted load."""
        return load_text.text(self._frame, self.findings, self._seed, self.about, self.compared, self.caveats)

    def write(self, path: Path | str, force: bool = False) -> None:
        """Write the fitted load to `path`. Raises InputError when something else stands there, or nothing can be
        written; `force` replaces an earlier fit only."""
        check_place(Path(path), force)
        try:
            Path(path).write_text(self.text(), encoding="utf-8")
        except OSError as error:
            raise InputError(f"cannot be written ({error.strerror})", path) from None

    def to_json(self) -> dict[str, Any]:
        """Everything as JSON-able data."""
        simulated = self.simulated.run
        assert simulated is not None
        return {
            "log": self.evidence.source,
            "messages": len(self.evidence.messages),
            "customers": self._frame.customers,
            "start": self._frame.start.isoformat(),
            "days": self._frame.days,
            **plain(self.findings, load_parameters()),
            "caveats": self.caveats,
            "check": {
                "seed": simulated.manifest["seed"],
                "customers": simulated.manifest["load"]["customers"],
                "fingerprint": simulated.manifest["fingerprint"],
                "rows": [row._asdict() for row in self.compared],
            },
        }

    def frame(self) -> "pd.DataFrame":
        """A row an estimate."""
        import pandas as pd

        return pd.DataFrame(list(self.findings.estimates.values()))

    def comparison(self) -> "pd.DataFrame":
        """A row a distribution, of the log and of the simulated run."""
        import pandas as pd

        return pd.DataFrame(self.compared)

    def picture(self) -> bytes:
        """The log against the simulated run, as PNG."""
        from sim.plots.fits import Panel, Week, log_against_simulation

        pair = [weekly_counts(one) for one in (self.evidence, self.simulated)]
        panels = [Panel(*sample) for sample in samples(self.evidence, self.simulated)]
        return log_against_simulation((Week(*pair), panels)).png()


def fit(
    log: Path | str | Run,
    customers: Path | str | None = None,
    *,
    mapping: Mapping[str, str] | None = None,
    times_in: str | None = None,
    population: int | None = None,
    check_customers: int | None = None,
    seed: int = 1,
    progress: Progress | None = None,
) -> Fit:
    """Fit the parameters to a run (its folder, or the run itself) or to somebody's messages table.

    `customers`, `mapping` and `times_in` are for a file, as with `Log.from_messages`. `population` is the number of all
    customers, when a file holds only those who got a message. `check_customers` and `seed` are those of the simulated
    run. Raises InputError.
    """
    tell = progress or Silent()
    tell.stage("reading the log")
    if isinstance(log, Run):
        evidence = Evidence.of_run(log, f"the run of {log.manifest['load']['name']}")
    else:
        evidence = read(Path(log), None if customers is None else Path(customers), mapping or {}, times_in, population)
    if not len(evidence.accepted):
        raise InputError("no message of the log was issued, so there is nothing to fit", evidence.source)
    frame = load_text.frame_of(evidence)
    size = _size(frame, check_customers)

    def simulate(found: Findings, number: int = 0) -> Evidence:
        load = load_text.as_load(frame, found, size, (seed + number) % MOST_SEED)
        return Evidence.of_run(runs.run(load, progress=tell), "the simulated run")

    tell.stage("estimating")
    findings = Findings(estimates(evidence))
    if evidence.run is None:
        findings.add(calibrate(evidence, findings, load_parameters(), simulate))
    findings.add(volumes(evidence))
    findings.leave_out_nothings(load_parameters(), but=FACTORS)
    return Fit(evidence, frame, findings, simulate(findings), seed)


def _size(frame: Frame, wanted: int | None) -> int:
    if wanted is not None:
        return wanted
    return min(frame.customers, max(LEAST_CUSTOMERS, _CUSTOMER_DAYS // frame.days))


def estimates(evidence: Evidence) -> Iterator[Finding]:
    yield from delivery(evidence)
    yield from people(evidence, load_parameters())
    if evidence.run is not None:
        yield from week_of_run(evidence)
        yield from work_of_run(evidence)
        return
    yield batch(evidence) if "child_support" in evidence.programmes else Missing((BATCH,), "nothing of Cuba is there")
    yield from _staff(evidence)
    if evidence.programmes == ("child_support",):
        why = "the log holds nothing of Centrelink's systems"
        yield Estimate("population.centrelink_only", 0.0, None, None, 0, why)


def _staff(evidence: Evidence) -> Iterator[Finding]:
    """Officers of a file: those who sent something, or as many for each customer as in the default load."""
    parameters = load_parameters()
    for name, system in (("staff.officers", "pluto"), ("integrated.officers", "customer_first")):
        rows = evidence.messages[evidence.messages["system"] == system]
        officers = rows["officer"].nunique() if evidence.has("officer_id") else 0
        least = load_text.STAFF[name]
        if officers:
            method = "officers who sent something; those who only phoned are not seen"
            yield Estimate(name, max(officers, least), None, None, len(rows), method)
        elif len(rows):
            value = max(least, round(parameters[name] * evidence.customers / _FOR))
            yield Estimate(name, value, None, None, 0, f"as many for each customer as the {_FOR:,} of the default load")


def check_place(path: Path, force: bool) -> None:
    """Raises InputError when a fit may not be written to `path`."""
    if path.is_dir():
        raise InputError("is a folder, not a file", path)
    if path.exists() and not load_text.is_ours(path):
        raise InputError("exists and was not written by emsim fit, so it is never replaced; choose another place", path)
    if path.exists() and not force:
        raise InputError("exists; add --force to replace this fit, or choose another place", path)
