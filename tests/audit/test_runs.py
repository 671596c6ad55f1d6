"""Reading a run folder, and the messages table that a run saved as a log of its own."""

import json

import pandas as pd
import pyarrow.parquet as pq
import pytest

from sim.audit import Log, judge
from sim.errors import InputError
from sim.history import Event, History
from sim.policy.policy import load_policy
from sim.tables import messages_table
from tests.audit.builder import Builder, at, offenders, policy


def history() -> tuple[Builder, History]:
    built = Builder(values=load_policy().plain()["rules"])
    built.customer(1)
    built.officer(9)
    text = next(
        template["text"]
        for template in built.values["cs-templates"]["values"]["templates"]
        if template["id"] == "documents_received"
    )
    code = next(
        template["code"]
        for template in built.values["cs-templates"]["values"]["templates"]
        if template["id"] == "documents_received"
    )
    built.send(1, 1, at("2026-09-22 10:00"), template=code, text=text)
    built.send(2, 1, at("2026-09-22 21:00"), held_until=at("2026-09-23 08:00"), template=code, text=text)
    built.send(3, 1, at("2026-09-23 21:00"), template=code, text=text)
    built.refuse(4, 1, at("2026-09-24 12:00"), 4, template=code)
    written = History.of(sorted(built.events, key=lambda row: row["time"]))
    for sender, words in built.contents.values():
        written.content(sender, words)
    return built, written


@pytest.fixture
def folder(tmp_path):
    built, written = history()
    plain = load_policy().plain()
    written.save(tmp_path / "events.parquet")
    messages_table(written, plain).to_parquet(tmp_path / "messages.parquet")
    (tmp_path / "policy.json").write_text(json.dumps(plain), encoding="utf-8")
    observed = {"from": "2026-09-20T14:00:00.000Z", "to": "2026-10-18T13:00:00.000Z"}
    assert built.start == pd.Timestamp(observed["from"]).value // 1_000_000
    (tmp_path / "manifest.json").write_text(json.dumps({"observed": observed}), encoding="utf-8")
    return tmp_path


def test_a_run_folder(folder):
    audit = judge(Log.from_run(folder))
    assert audit.crashed == ()
    broken = {rule: offenders(found) for rule, found in audit.rules.items() if found.enforced_by != "procedure"}
    wrong = {rule: found for rule, found in broken.items() if found}
    assert wrong == {
        "cs-opt-out": [4],
        "cs-send-window": [3],
        "cs-window-at-gateway": [3],
        "cs-info-messages": [4],
    }


def test_the_folder_is_believed_less_than_its_events(folder):
    table = pd.read_parquet(folder / "messages.parquet")
    table.loc[table["message_id"] == 3, "sent_at"] += pd.Timedelta(hours=11)
    table.to_parquet(folder / "messages.parquet")
    audit = judge(Log.from_run(folder))
    assert offenders(audit.rules["cs-send-window"]) == [3]
    assert offenders(audit.rules["cs-once"]) == [3]


def test_a_runs_messages_table_alone(folder):
    audit = judge(Log.from_messages(folder / "messages.parquet", policy=load_policy().plain()))
    assert audit.crashed == ()
    assert offenders(audit.rules["cs-send-window"]) == [3]
    assert audit.rules["cs-opt-out"].verdict == "unknown"
    assert audit.rules["cs-content"].verdict == "pass"
    assert audit.rules["cs-sender"].verdict == "pass"
    assert audit.rules["cs-fields"].verdict == "pass"
    assert audit.to_json()["rules"]["cs-send-window"]["evidence"][0]["messages"] == [3]


def test_the_same_judgement_from_memory(folder):
    built, written = history()
    plain = load_policy().plain()
    for rows in (written.array(), written.frame()):
        table = messages_table(written, plain)
        log = Log.from_history(rows, written.contents, table, plain, (built.start, built.end))
        assert judge(log).to_json() == judge(Log.from_run(folder)).to_json()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("manifest.json", None, "manifest.json: no such file"),
        ("manifest.json", b"{", "manifest.json: not readable as JSON"),
        ("manifest.json", b"{}", "manifest.json: observed: the observed interval is missing"),
        ("manifest.json", b'{"observed": {"from": "2026-09-20", "to": "x"}}', "observed.from: not an instant"),
        ("policy.json", None, "policy.json: no such file"),
        ("policy.json", b"\xff\xfe", "policy.json: not readable as JSON"),
        ("policy.json", b"[]", "policy.json: not the values of a policy"),
        ("events.parquet", None, "events.parquet: no such file"),
        ("events.parquet", b"PAR1", "events.parquet: not readable as Parquet"),
        ("messages.parquet", None, "messages.parquet: no such file"),
    ],
)
def test_folders_that_are_no_run(folder, name, content, words):
    if content is None:
        (folder / name).unlink()
    else:
        (folder / name).write_bytes(content)
    with pytest.raises(InputError) as caught:
        Log.from_run(folder)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_table_that_is_no_event_log(folder):
    pd.DataFrame({"x": [1]}).to_parquet(folder / "events.parquet")
    with pytest.raises(InputError, match="schema version none"):
        Log.from_run(folder)


def test_an_event_log_without_its_words(folder):
    table = pq.read_table(folder / "events.parquet")
    pq.write_table(table.replace_schema_metadata({"emsim_schema": "1"}), folder / "events.parquet")
    with pytest.raises(InputError, match="exact words are missing"):
        Log.from_run(folder)


def test_a_history_of_another_version(folder, monkeypatch):
    monkeypatch.setattr("sim.history.SCHEMA_VERSION", 99)
    history()[1].save(folder / "events.parquet")
    with pytest.raises(InputError, match="schema version 99"):
        Log.from_run(folder)


def test_events_of_a_message_without_any_send_are_no_message():
    built = Builder(values=policy())
    built.customer(1)
    built.event(at("2026-09-22 10:00"), Event.DIALOG_OPENED, message=5, customer=1)
    assert built.log().rows("SELECT * FROM messages") == []
