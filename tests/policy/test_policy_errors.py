"""Policy files and set values that cannot be: one line that names file, line, field, value and what is allowed."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sim.errors import InputError
from sim.policy.policy import POLICY_FILE, Policy, load_policy

POLICY = """\
schema: 1
rules:
  cs-daily-limit:
    title: Daily limit
    section: B
    enforced_by: system
    clause: EM, somewhere
    status: doc
    text: At most five.
    values:
      limit: {value: 5, unit: messages, minimum: 0, maximum: 10}
      counts: {value: either_day, status: read, allowed: [either_day, attempt_day]}
      note: {value: exact words}
  cs-send-window:
    title: Send window
    section: B
    enforced_by: system
    clause: EM, somewhere
    status: doc
    text: Inside it.
    values:
      opens: {value: 08:00, unit: local time, minimum: 00:00, maximum: 23:59}
      closes: {value: 20:00, unit: local time, minimum: 00:01, maximum: 24:00}
  cs-templates:
    title: Templates
    section: C
    enforced_by: system
    clause: EM, somewhere
    status: doc
    text: Known types.
    values:
      groups: {value: [One, Two]}
      templates:
        value:
          - {code: 1, id: A1, group: One, title: First, kind: x, service: general, text: Hello., status: pub}
          - code: 2
            id: A2
            group: Two
            title: Second
            kind: x
            service: reminder
            fields: [by_date]
            text: By {by_date}.
            status: assume
"""

Written = Callable[[str], Path]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    def write(text: str) -> Path:
        path = tmp_path / "policy.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_the_small_policy_of_these_tests_loads(written: Written) -> None:
    policy = load_policy(path=written(POLICY))
    assert policy.names() == [
        "cs-daily-limit.limit", "cs-daily-limit.counts", "cs-daily-limit.note", "cs-send-window.opens",
        "cs-send-window.closes", "cs-templates.groups", "cs-templates.templates",
    ]  # fmt: skip
    assert policy.setting("cs-daily-limit.counts").status == "read"


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("schema: 1", "schema: 2", "1: schema: must be one of 1 (value 2)"),
        ("schema: 1\n", "", "1: schema: is missing"),
        ("    section: B\n    enforced_by: system\n    clause: EM, somewhere\n    status: doc\n    text: At",
         "    section: H\n    enforced_by: system\n    clause: EM, somewhere\n    status: doc\n    text: At",
         "5: rules.cs-daily-limit.section: must be one of 'A', 'B', 'C', 'D', 'E', 'F' or 'G' (value 'H')"),
        ("title: Daily limit", "titel: Daily limit", "3: rules.cs-daily-limit.title: is missing (and 1 more)"),
        ("title: Daily limit", "title: Daily limit\n    owner: me",
         "5: rules.cs-daily-limit.owner: unknown key (allowed: title, section, enforced_by, clause, status, text, "
         "readings, values)"),
        ("text: At most five.", "text: At most five.\n    statos: doc",
         "10: rules.cs-daily-limit.statos: unknown key (did you mean status?)"),
        ("title: Daily limit", "title: Daily limit\n    title: Again",
         "5: rules.cs-daily-limit.title: stands twice (first in line 4)"),
        ("{value: 5, unit: messages, minimum: 0, maximum: 10}", "{value: 5, units: messages, minimum: 0, maximum: 10}",
         "11: rules.cs-daily-limit.values.limit.units: unknown key (did you mean unit?)"),
        ("value: 5,", "value: 11,",
         "11: rules.cs-daily-limit.values.limit: must be a whole number from 0 to 10 (value 11)"),
        ("value: 5,", "value: -1,",
         "11: rules.cs-daily-limit.values.limit: must be a whole number from 0 to 10 (value -1)"),
        ("value: 5,", "value: null,",
         "11: rules.cs-daily-limit.values.limit: must be text, a number, true or false, a list or a table "
         "(value None)"),
        (", minimum: 0, maximum: 10}", ", minimum: 0}",
         "11: rules.cs-daily-limit.values.limit: a number or a time of day needs a minimum and a maximum"),
        ("value: either_day,", "value: some_day,",
         "12: rules.cs-daily-limit.values.counts: must be one of either_day, attempt_day (value 'some_day')"),
        ("value: either_day,", "value: attempt_day,",
         "12: rules.cs-daily-limit.values.counts: the default must be the first that is allowed (value 'attempt_day')"),
        ("status: read,", "status: guess,",
         "12: rules.cs-daily-limit.values.counts.status: must be one of 'doc', 'pub', 'read' or 'assume' "
         "(value 'guess')"),
        ("{value: exact words}", "[exact words]",
         "13: rules.cs-daily-limit.values.note: must be a mapping of names to values (value ['exact words'])"),
        ("value: 08:00,", "value: 08:60,",
         "22: rules.cs-send-window.values.opens: must be a time of day (HH:MM) from 00:00 to 23:59 (value '08:60')"),
        ("value: 08:00,", "value: 24:00,",
         "22: rules.cs-send-window.values.opens: must be a time of day (HH:MM) from 00:00 to 23:59 (value '24:00')"),
        ("value: 08:00,", "value: 20:00,",
         "22: rules.cs-send-window.values.opens: must be before cs-send-window.closes (20:00) (value 20:00)"),
        ("{value: [One, Two]}", "{value: [One, One]}", "32: rules.cs-templates.values.groups: names 'One' twice"),
        ("{value: [One, Two]}", "{value: [One, '']}",
         "32: rules.cs-templates.values.groups: must be a list of texts or whole numbers (value '')"),
        ("      templates:", "      texts:", "31: rules.cs-templates.values.templates: the templates are missing"),
        ("code: 1,", "code: 0,", "35: rules.cs-templates.values.templates.value[0].code: must be at least 1 (value 0)"),
        ("group: Two\n", "group: Three\n",
         "38: rules.cs-templates.values.templates.value[1].group: must be one of One, Two (value 'Three')"),
        ("code: 2\n", "code: 1\n",
         "36: rules.cs-templates.values.templates.value[1].code: stands twice (value 1)"),
        ("id: A2\n", "id: A1\n", "37: rules.cs-templates.values.templates.value[1].id: stands twice (value 'A1')"),
        ("By {by_date}.", "By then.",
         "36: rules.cs-templates.values.templates.value[1]: the places in the text of A2 are not its declared fields "
         "(by_date)"),
        ("text: Hello.", "text: 'Hello {name}.'",
         "35: rules.cs-templates.values.templates.value[0]: the places in the text of A1 are not its declared fields "
         "(none)"),
        ("text: Hello.", "promise: contact_time, text: Hello.",
         "35: rules.cs-templates.values.templates.value[0]: A1 promises a contact time but declares no field "
         "contact_time"),
        ("service: reminder", "service: sms",
         "41: rules.cs-templates.values.templates.value[1].service: must be one of 'reminder' or 'general' "
         "(value 'sms')"),
        ("kind: x, service: general,", "kind: x, system: smtp, service: general,",
         "35: rules.cs-templates.values.templates.value[0].system: must be one of 'pluto', 'cuba', 'customer_first', "
         "'dmis' or 'sap' (value 'smtp')"),
        ("kind: x, service: general,", "kind: x, system: dmis, service: general,",
         "35: rules.cs-templates.values.templates.value[0]: A1 is one that no officer chooses (system dmis, desktop "
         "true)"),
        ("kind: x, service: general,", "kind: x, desktop: false, service: general,",
         "35: rules.cs-templates.values.templates.value[0]: A1 is one that an officer chooses (system pluto, desktop "
         "false)"),
        ("group: One, title: First, kind: x,", "group: Debt, system: cuba, desktop: false, title: First, kind: x,",
         "35: rules.cs-templates.values.templates.value[0].group: must be one of One, Two (value 'Debt')"),
        ("text: Hello.", "fields: [payment_type], text: Hello.",
         "35: rules.cs-templates.values.templates.value[0]: the places in the text of A1 are not its declared fields "
         "(payment_type)"),
    ],
)  # fmt: skip
def test_a_malformed_policy_file(written: Written, old: str, new: str, error: str) -> None:
    assert POLICY.count(old) >= 1
    path = written(POLICY.replace(old, new, 1))
    with pytest.raises(InputError) as raised:
        load_policy(path=path)
    assert str(raised.value) == f"{path}:{error}"


CUSTOMER_FIRST = """
  cf-flow:
    title: Desktop Messaging
    section: E
    enforced_by: system
    clause: EM, somewhere
    status: doc
    text: Known descriptions.
    values:
      document_descriptions: {value: [Claims], fixed: true}
"""


@pytest.mark.parametrize(("system", "group", "problem"), [
    ("customer_first", "Claims", ""),
    ("customer_first", "One", "35: rules.cs-templates.values.templates.value[0].group: must be one of Claims "
     "(value 'One')"),
    ("pluto", "Claims", "35: rules.cs-templates.values.templates.value[0].group: must be one of One, Two "
     "(value 'Claims')"),
    ("sap", "Anything", ""),
])  # fmt: skip
def test_the_group_of_a_template_is_one_of_its_system(written: Written, system: str, group: str, problem: str) -> None:
    desktop = str(system != "sap").lower()
    given = f"group: {group}, system: {system}, desktop: {desktop},"
    path = written(POLICY.replace("group: One,", given, 1) + CUSTOMER_FIRST)
    if not problem:
        assert load_policy(path=path).templates[1].group == group
        return
    with pytest.raises(InputError) as raised:
        load_policy(path=path)
    assert str(raised.value) == f"{path}:{problem}"


@pytest.mark.parametrize(
    ("name", "raw", "error"),
    [
        ("cs-daily-limit.limit", "five", "must be a whole number from 0 to 1000 (value 'five')"),
        ("cs-daily-limit.limit", "4.5", "must be a whole number from 0 to 1000 (value '4.5')"),
        ("cs-daily-limit.limit", "", "must be a whole number from 0 to 1000 (value '')"),
        ("cs-daily-limit.limit", "-1", "must be a whole number from 0 to 1000 (value -1)"),
        ("cs-daily-limit.limit", "1001", "must be a whole number from 0 to 1000 (value 1001)"),
        ("cs-daily-limit.limit", "9" * 40, f"must be a whole number from 0 to 1000 (value '{'9' * 40}')"),
        ("cs-daily-limit.limit", "٤", "must be a whole number from 0 to 1000 (value '٤')"),
        ("cs-daily-limit.limit", True, "must be a whole number from 0 to 1000 (value True)"),
        ("cs-daily-limit.limit", 4.0, "must be a whole number from 0 to 1000 (value 4.0)"),
        ("cs-daily-limit.limit", None, "must be a whole number from 0 to 1000 (value None)"),
        ("cs-daily-limit.limit", [4], "must be a whole number from 0 to 1000 (value [4])"),
        ("cs-daily-limit.counts", "any_day", "must be one of either_day, delivery_day, attempt_day (value 'any_day')"),
        ("cs-daily-limit.counts", 0, "must be one of either_day, delivery_day, attempt_day (value 0)"),
        ("cs-fdv.enforced", "maybe", "must be true or false (or yes or no) (value 'maybe')"),
        ("cs-fdv.enforced", 1, "must be true or false (or yes or no) (value 1)"),
        ("cs-send-window.opens", "8:00", "must be a time of day (HH:MM) from 00:00 to 23:59 (value '8:00')"),
        ("cs-send-window.opens", "24:00", "must be a time of day (HH:MM) from 00:00 to 23:59 (value '24:00')"),
        ("cs-send-window.opens", "08:60", "must be a time of day (HH:MM) from 00:00 to 23:59 (value '08:60')"),
        ("cs-send-window.opens", 8, "must be a time of day (HH:MM) from 00:00 to 23:59 (value 8)"),
        ("cs-send-window.closes", "00:00", "must be a time of day (HH:MM) from 00:01 to 24:00 (value '00:00')"),
        ("cs-send-window.closes", "24:01", "must be a time of day (HH:MM) from 00:01 to 24:00 (value '24:01')"),
        ("cs-send-window.opens", "20:00", "must be before cs-send-window.closes (20:00) (value 20:00)"),
        ("cs-send-window.closes", "08:00", "must be after cs-send-window.opens (08:00) (value 08:00)"),
        ("cs-send-window.release_spread_minutes", "721", "must be at most the 720 minutes of the window (value 721)"),
        ("cs-precall.aim_to_minutes", "61", "must be at most cs-precall.next_hour_minutes (60) (value 61)"),
        ("cs-precall.next_hour_minutes", "24", "must be at least cs-precall.aim_to_minutes (25) (value 24)"),
        ("cs-status.viewable_max_minutes", "1", "must be at least cs-status.viewable_min_minutes (2) (value 1)"),
        ("dr-eligibility.declined_from_days", "11",
         "must be at most dr-eligibility.declined_to_days (10) (value 11)"),
        ("dr-hierarchy.order", "debt_overdue,pause", "must be a list of pause_applied, declined_payment, "
         "overdue_payment, recovery_restarted, debt_overdue, recovery_will_restart, withholdings_will_restart, "
         "withholdings_will_restart_auto, debt_due_soon (value 'pause')"),
        ("dr-hierarchy.order", "debt_overdue,debt_overdue", "names 'debt_overdue' twice"),
        ("dr-hierarchy.order", "pause_applied,declined_payment,overdue_payment,recovery_restarted,debt_overdue,"
         "recovery_will_restart,withholdings_will_restart,withholdings_will_restart_auto",
         "must name every message (missing: debt_due_soon)"),
        ("cs-templates.templates", "x", "is a table and cannot be set for a run"),
        ("cs-sender.sender", "Me", "is exact words and cannot be set for a run"),
        ("cs-opt-out.text", "No", "is exact words and cannot be set for a run"),
        ("cs-content.gsm_part", "150", "is fixed by its clause and cannot be set for a run"),
        ("cs-daily-limit.limt", "4", "unknown value of the rule cs-daily-limit (allowed: cs-daily-limit.limit, "
         "cs-daily-limit.counts, cs-daily-limit.scope, cs-daily-limit.text)"),
        ("cs-daily-limit", "4", "unknown value of the rule cs-daily-limit (allowed: cs-daily-limit.limit, "
         "cs-daily-limit.counts, cs-daily-limit.scope, cs-daily-limit.text)"),
        ("cs-once.times", "4", "unknown value of the rule cs-once (it has none)"),
        ("cs-daly-limit.limit", "4", "unknown policy value (did you mean cs-daily-limit.limit?)"),
        ("", "4", "unknown policy value"),
        ("staff.officers", "4", "unknown policy value"),
    ],
)  # fmt: skip
def test_a_set_value_that_cannot_be(name: str, raw: object, error: str) -> None:
    with pytest.raises(InputError) as raised:
        load_policy({name: raw})
    assert (raised.value.field, raised.value.problem) == (name, error)
    assert str(raised.value) == (f"{name}: {error}" if name else error)


@pytest.mark.parametrize(
    ("name", "raw", "value"),
    [
        ("cs-daily-limit.limit", "0", 0),
        ("cs-daily-limit.limit", " 1000 ", 1000),
        ("cs-daily-limit.limit", 4, 4),
        ("cs-fdv.enforced", "Yes", True),
        ("cs-fdv.enforced", "false", False),
        ("cs-fdv.enforced", True, True),
        ("dr-one-nudge.enabled", "no", False),
        ("cs-send-window.opens", "00:00", "00:00"),
        ("cs-send-window.opens", "19:59", "19:59"),
        ("cs-send-window.closes", "24:00", "24:00"),
        ("cs-send-window.closes", "08:01", "08:01"),
        ("cs-send-window.release_spread_minutes", "720", 720),
        ("cs-precall.next_hour_minutes", "25", 25),
        ("cs-fdv.processes", "objection, change_of_care", ["objection", "change_of_care"]),
        ("cs-fdv.processes", ["objection"], ["objection"]),
        ("cs-fdv.processes", "", []),
        ("dr-similar.days", "14", 14),
        ("dr-gap.reading", "hours_24", "hours_24"),
    ],
)
def test_a_set_value_that_is_allowed(name: str, raw: object, value: object) -> None:
    policy = load_policy({name: raw})
    assert policy.value(name) == value
    assert type(policy.value(name)) is type(value)


def test_values_that_fit_only_together_are_judged_together() -> None:
    policy = load_policy({"cs-send-window.opens": "21:00", "cs-send-window.closes": "23:00"})
    assert (policy.value("cs-send-window.opens"), policy.value("cs-send-window.closes")) == ("21:00", "23:00")


def test_the_order_of_a_list_counts() -> None:
    order = list(reversed(load_policy().value("dr-hierarchy.order")))
    assert load_policy({"dr-hierarchy.order": ",".join(order)}).value("dr-hierarchy.order") == order


def _hash(**sets: object) -> str:
    return load_policy({"cs-daily-limit.limit": sets["limit"]} if sets else None).hash()


def test_the_hash_follows_the_values_alone(tmp_path: Path) -> None:
    assert _hash() == _hash(limit=5) == _hash(limit="5")
    assert _hash() != _hash(limit=4)
    renamed = tmp_path / "policy.yaml"
    text = POLICY_FILE.read_text(encoding="utf-8")
    renamed.write_text(text.replace("title: Daily limit", "title: Limit of the day"), encoding="utf-8")
    assert load_policy(path=renamed).hash() == _hash()
    reworded = tmp_path / "reworded.yaml"
    reworded.write_text(text.replace("value: Child Supp}", "value: Child}"), encoding="utf-8")
    assert load_policy(path=reworded).hash() != _hash()


def test_setting_a_value_leaves_the_defaults_as_they_were() -> None:
    changed: Policy = load_policy({"cs-daily-limit.limit": "4"})
    assert changed.setting("cs-daily-limit.limit").default == 5
    assert load_policy().value("cs-daily-limit.limit") == 5


def test_the_plain_form_holds_values_in_force_and_their_defaults() -> None:
    import json

    plain = json.loads(json.dumps(load_policy({"cs-daily-limit.limit": "4"}).plain()))
    rule = plain["rules"]["cs-daily-limit"]
    assert (plain["schema"], rule["section"], rule["enforced_by"], rule["status"]) == (1, "B", "system", "doc")
    assert (rule["values"]["limit"], rule["values"]["counts"]) == (4, "either_day")
    assert rule["details"]["limit"]["default"] == 5
    assert rule["details"]["counts"]["allowed"] == ["either_day", "delivery_day", "attempt_day"]
    assert plain["rules"]["cs-send-window"]["values"]["opens"] == "08:00"
    assert [row["code"] for row in plain["rules"]["cs-templates"]["values"]["templates"]][:2] == [1, 2]
