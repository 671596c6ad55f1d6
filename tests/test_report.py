"""The report: self-contained, complete, escaped, and the same for the same run."""

import base64
import re
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

import pytest

from sim.history import History
from sim.metrics import metrics
from sim.plots import PLOTS
from sim.policy.policy import load_policy
from sim.report import render_report
from sim.report.captions import CAPTIONS, GROUPS
from sim.report.origin import command
from sim.report.words import shown
from sim.tables import messages_table
from tests.synthetic import audit_json, history, manifest, parameters_plain, policy_plain

PNG = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=")


class Page(HTMLParser):
    """A page taken apart: its tags with attributes, its text, and whether all tags are closed in order."""

    VOID = frozenset({"meta", "link", "img", "br", "wbr"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.text = re.sub(r"\s+", " ", "".join(self.words))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str]]:
        """The attributes of every tag of this name."""
        return [attributes for name, attributes in self.tags if name == tag]


def rendered(**changed: Any) -> str:
    """The report of the made-up run; `changed` replaces what it is made from."""
    policy = changed.pop("policy", None) or policy_plain()
    audit = changed.pop("audit", None) or audit_json(policy)
    story = changed.pop("story", None) or history()
    parameters = parameters_plain()
    numbers = metrics(story, messages_table(story, policy), policy, parameters, audit)
    pictures = dict.fromkeys(changed.pop("pictures", PLOTS), PNG)
    return render_report(manifest() | changed, audit, numbers, pictures, policy, parameters)


PAGE = Page(rendered())


def test_it_refers_to_nothing_outside_itself() -> None:
    for tag, attributes in PAGE.tags:
        for name in ("src", "href", "action", "srcset", "data"):
            if name in attributes:
                assert attributes[name].startswith(("data:", "#")), (tag, attributes)
    assert "script" not in {tag for tag, _ in PAGE.tags}
    text = rendered()
    assert "@import" not in text
    assert "url(" not in text
    assert PAGE.open == []


def test_links_inside_lead_somewhere_and_ids_are_unique() -> None:
    ids = [attributes["id"] for _, attributes in PAGE.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    targets = {attributes["href"][1:] for attributes in PAGE.all("a")}
    assert targets <= set(ids)
    assert {"summary", "audit", "cs-send-window"} <= targets


def test_it_can_be_read_aloud_and_on_a_phone() -> None:
    assert PAGE.all("html") == [{"lang": "en-AU"}]
    assert any(attributes.get("name") == "viewport" for attributes in PAGE.all("meta"))
    for image in PAGE.all("img"):
        assert len(image["alt"]) > 40
    assert all("scope" in attributes for attributes in PAGE.all("th"))
    levels = [int(tag[1]) for tag, _ in PAGE.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_every_picture_is_there_with_its_caption() -> None:
    assert set(CAPTIONS) == set(PLOTS)
    images = [attributes["src"] for attributes in PAGE.all("img")]
    assert images == [f"data:image/png;base64,{base64.b64encode(PNG).decode()}"] * len(PLOTS)
    for heading, caption in CAPTIONS.values():
        assert heading in PAGE.text
        assert caption in PAGE.text


def test_pictures_stand_by_what_they_are_about() -> None:
    assert sorted(name for _, names in GROUPS for name in names) == sorted(set(PLOTS) - {"audit_at_a_glance"})
    section = " " + PAGE.text.partition("How to get it again Summary")[2].partition(" Pictures ")[2]
    places = [section.index(f" {heading} ") for heading, _ in GROUPS]
    assert places == sorted(places)
    figures = [attributes["id"] for attributes in PAGE.all("figure")]
    assert figures == [f"plot-{name}" for _, names in GROUPS for name in names] + ["plot-audit_at_a_glance"]


@pytest.mark.parametrize(
    ("pictures", "there", "missing"),
    [
        (["nudges_a_day"], ["Debt recovery", "Nudges by day and kind"], ["Sending", "What suppressed debt messages"]),
        (["sends_by_hour", "of_my_own"], ["Sending", "More", "Of my own"], ["Debt recovery"]),
        ([], ["Nothing happened that there would be a picture of."], ["Sending"]),
    ],
)
def test_only_what_was_drawn_is_shown(pictures: list[str], there: list[str], missing: list[str]) -> None:
    section = Page(rendered(pictures=pictures)).text.partition(" Pictures ")[2].partition(" Pictures ")[2]
    section = section.partition(" The audit works out for itself")[0]
    assert all(words in section for words in there)
    assert not any(words in section for words in missing)


def headings(page: Page) -> list[str]:
    """The headings of the key figures that stand in the summary."""
    summary = page.text.partition("How to get it again Summary")[2].partition(" Pictures ")[0]
    names = ("Messages", "Child Support", "Debt recovery", "Integrated Service Officers", "Misdirected messages")
    return [name for name in names if re.search(rf"(\.|often\.) {name} [\d–+]", summary)]


def test_figures_of_what_did_not_happen_are_left_out() -> None:
    everything = ["Messages", "Child Support", "Debt recovery", "Integrated Service Officers", "Misdirected messages"]
    assert headings(PAGE) == everything
    assert headings(Page(rendered(story=history(everything=False)))) == everything[:2]


def test_figures_of_every_programme_are_the_metrics() -> None:
    story, policy = history(), policy_plain()
    found = metrics(story, messages_table(story, policy), policy, parameters_plain(), audit_json(policy))
    for words in (
        f" {found.value('nudges'):,} nudges sent ",
        f" {found.value('suppressed_nights'):,} nights on which an eligible message did not go ",
        f" Lost to the hierarchy: {found.value('suppressed_nights', 'hierarchy')}, to the gap: ",
        f" {found.value('suppressed_wait_max')} nights, the longest that a message gave way ",
        f" {100 * (found.value('payment_difference') or 0):+.1f} points more pay after a nudge ",
        f" {found.value('routed', 'customer_first')} work items went by Customer First ",
        f" {found.value('claims')} claims finalised ",
        f" {found.value('reports')} reports of a message not for its reader ",
        f" {found.value('emails')} automatic messages by email ",
        f"DMIS {found.value('sent', 'dmis')}, SAP {found.value('sent', 'sap')}: ",
    ):
        assert words in PAGE.text, words


def test_the_summary_gives_the_verdict_and_what_decided_it() -> None:
    summary = PAGE.text.partition("How to get it again Summary")[2].partition("System and content rules:")[0]
    assert "fail A rule that must never be broken was broken." in summary
    assert "cs-send-window Send window: 2 breaches" in summary
    assert "cs-unanswered" not in summary
    rules = audit_json(policy_plain())["rules"].values()
    failed = sum(row["verdict"] == "fail" for row in rules if row["enforced_by"] != "procedure")
    assert f" {failed} fail," in PAGE.text
    assert "Officers broke 1 of " in PAGE.text


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        ("pass", "No system or content rule was broken."),
        ("unknown", "some rules could not be judged"),
        ("not_exercised", "Nothing happened"),
    ],
)
def test_each_verdict_has_its_words(verdict: str, words: str) -> None:
    audit = audit_json(policy_plain()) | {"verdict": verdict}
    page = Page(rendered(audit=audit))
    assert words in page.text
    assert verdict.replace("_", " ") in page.text


def test_every_rule_stands_in_the_audit_with_its_numbers_and_evidence() -> None:
    rows = {attributes["id"] for attributes in PAGE.all("tr") if "id" in attributes}
    assert rows == set(policy_plain()["rules"])
    assert "outside 08:00–20:00 Customer 10, message 100, proved by 99, 2026-10-01T12:00:00Z." in PAGE.text
    assert "No facts about the customers are on record." in PAGE.text


def test_capped_evidence_says_how_much_there_is() -> None:
    audit = audit_json(policy_plain())
    audit["rules"]["cs-send-window"]["breaches"] = 431
    text = Page(rendered(audit=audit)).text
    assert "Evidence (2 of 431)" in text
    assert "breaches.parquet" in text
    assert "Evidence (" not in PAGE.text


def test_crashed_checks_are_told() -> None:
    audit = audit_json(policy_plain()) | {"crashed": ["cs-once"]}
    assert "These checks crashed and judged nothing: cs-once." in Page(rendered(audit=audit)).text
    assert "crashed" not in PAGE.text


def test_changed_values_and_readings_are_marked() -> None:
    assert "every policy value and every parameter has its default" in PAGE.text
    assert not any(attributes.get("class") == "changed" for _, attributes in PAGE.tags)
    policy = load_policy({"cs-send-window.release": "next_opening", "cs-daily-limit.limit": "4"}).plain()
    page = Page(rendered(policy=policy))
    changed = page.text.partition("Changed for this run")[2].partition("Readings of")[0]
    assert "cs-send-window.release is next_opening (default next_day)" in changed
    assert "cs-daily-limit.limit is 4 messages a customer and local day (default 5)" in changed
    assert sum(attributes.get("class") == "changed" for _, attributes in page.tags) == 4


def test_parameters_have_sources_and_assumptions_are_marked() -> None:
    parameters = parameters_plain()["parameters"]
    marked = [attributes for _, attributes in PAGE.tags if attributes.get("class") == "status assume"]
    assert len(marked) > sum(row["status"] == "assume" for row in parameters.values())
    section = PAGE.text.partition("Parameters and their sources")[2]
    for name, row in parameters.items():
        assert name in section, name
        assert re.sub(r"\s+", " ", row["source"]) in section, name


def test_where_it_comes_from() -> None:
    origin = PAGE.text.partition("How to get it again")[2].partition("How to get it again")[2]
    words = "emsim run four_weeks --seed 7 --customers 60 --days 6 --start 2026-10-01 --set cs-daily-limit.limit=4"
    assert words in origin
    assert "b" * 64 in origin
    assert "a" * 64 in origin
    assert "2026-10-01 00:00 to 2026-10-07 00:00 in agency time (Australia/Sydney)" in origin
    assert "0.1.0" in origin


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"load": "my load.yaml", "seed": 1}, "emsim run 'my load.yaml' --seed 1"),
        ({"load": "x", "set": {"a.b": "c d", "e.f": 2}}, "emsim run x --set 'a.b=c d' --set e.f=2"),
        ({}, "emsim run four_weeks"),
        ({"command": "emsim run x.yaml"}, "emsim run x.yaml"),
    ],
)
def test_the_command_can_be_pasted(told: dict[str, Any], expected: str) -> None:
    assert command(told) == expected


def test_what_people_write_is_escaped() -> None:
    audit = audit_json(policy_plain())
    audit["rules"]["cs-send-window"]["evidence"][0]["why"] = "<b>bold</b> & <script>alert(1)</script>"
    text = rendered(title="<script>alert(2)</script>", audit=audit)
    assert "<script" not in text
    assert "<b>bold" not in text
    assert "&lt;script&gt;alert(2)" in text


def test_the_same_run_gives_the_same_page() -> None:
    assert rendered() == rendered()


def test_an_empty_run_without_pictures_has_a_report() -> None:
    empty = History()
    numbers = metrics(empty, messages_table(empty, {}), {}, {})
    page = Page(render_report({}, {"verdict": "not_exercised", "rules": {}}, numbers.to_json(), {}, {}, {}))
    assert "Nothing happened" in page.text
    assert "nan" not in page.text.lower().split()
    assert page.open == []


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (None, "", "–"),
        (12345, "messages", "12,345"),
        (0.0425, "share of SMS sent", "4.2%"),
        (272.234, "Australian dollars", "$272.23"),
        (1234.56, "hours", "1,235"),
        (12.345, "hours", "12.3"),
        (1.234, "hours", "1.23"),
        (True, "", "yes"),
        ("08:00", "", "08:00"),
    ],
)
def test_numbers_are_written_for_readers(value: Any, unit: str, expected: str) -> None:
    assert shown(value, unit) == expected
