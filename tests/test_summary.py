"""The key numbers in words: right from the metrics, silent about what did not happen."""

import re

import pytest

import sim
from sim.history import History
from sim.metrics import metrics
from sim.runs import Run
from sim.summary import key_numbers, notebook_html
from sim.tables import messages_table


@pytest.fixture(scope="module")
def run() -> Run:
    return sim.run("four_weeks", customers=1500, days=6)


NAMES = {"pluto": "Pluto", "cuba": "Cuba", "customer_first": "Customer First", "dmis": "DMIS", "sap": "SAP"}


def test_the_numbers_are_those_of_the_metrics(run: Run) -> None:
    told = dict(key_numbers(run.metrics))
    sent = run.messages[run.messages["sent_at"].notna() & (run.messages["channel"] == "sms")]
    assert told["Sent"].startswith(f"{len(sent):,} SMS (")
    for system, count in sent["system"].value_counts().items():
        if count:
            assert f"{count:,} {NAMES[str(system)]}" in told["Sent"]
    refused = run.messages[run.messages["outcome"] == "refused"]
    first = refused["reasons"].str.split(";").str[0].value_counts()
    likely = {str(reason).replace("_", " ") for reason in first[first == first.max()].index}
    found = re.fullmatch(r"([0-9,]+), most often (.+)", told["Refused"])
    assert found is not None
    assert int(found[1].replace(",", "")) == len(refused)
    assert found[2] in likely


def test_what_did_not_happen_has_no_line() -> None:
    nothing = History()
    plain: dict[str, dict[str, object]] = {"rules": {}}
    told = key_numbers(metrics(nothing, messages_table(nothing, plain), plain, {"parameters": {}}))
    assert told == [("Sent", "0 SMS (–)")]


def test_a_notebook_gets_plain_html(run: Run) -> None:
    manifest = {**run.manifest, "load": {**run.manifest["load"], "title": "<script>"}}
    page = notebook_html(manifest, run.audit.to_json(1), run.metrics)
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert page.count("<table>") == page.count("</table>") == 2
