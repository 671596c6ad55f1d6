"""Loads that say what they expect, as items of a test session."""

import pytest

from tests.scenario.loaded import PYTESTER

pytest_plugins = [PYTESTER]
LOAD = """\
emsim: 1
kind: load
name: small
title: Two small days
start: 2026-07-06
days: 2
customers: 80
seed: 4
zones: [Australia/Perth]
programmes: [child_support]
expect:
  verdict: pass
  verdicts: {cs-once: pass}
  metrics:
    delivered_share: {min: 0.5}
"""
TOO_MUCH = LOAD.replace("min: 0.5", "min: 1.5").replace("{cs-once: pass}", "{cs-once: pass, cs-email: fail}")


def lay_out(pytester: pytest.Pytester, **texts: str) -> None:
    pytester.makefile(".yaml", **texts)
    pytester.makeini("[pytest]\naddopts = --strict-markers\n")


def test_a_load_is_an_item_with_the_markers_of_its_rules(pytester: pytest.Pytester) -> None:
    lay_out(pytester, small=LOAD, silent=LOAD.partition("expect:")[0])
    result = pytester.runpytest_inprocess("-v", "-m", "load and cs-once")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["small.yaml::load PASSED*"])
    pytester.runpytest_inprocess("-m", "not load").assert_outcomes(deselected=1)


def test_a_failure_tells_lines_numbers_seed_and_two_commands(pytester: pytest.Pytester) -> None:
    lay_out(pytester, small=TOO_MUCH)
    result = pytester.runpytest_inprocess("--emsim-seed", "7", "--emsim-set", "staff.officers=9")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "80 customers, 2 days from 2026-07-06, seed 7",
            "small.yaml:13",
            "    expect.verdicts.cs-email",
            "      expected fail",
            "      actual   pass",
            "small.yaml:15",
            "    expect.metrics.delivered_share",
            "      expected at least 1.5 (share of SMS sent)",
            "      actual   *",
            "Replay:",
            "    pytest small.yaml::load --emsim-set staff.officers=9 --emsim-seed 7",
            "    emsim run small.yaml --set staff.officers=9 --seed 7",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")


def test_the_worst_breaches_are_shown(pytester: pytest.Pytester) -> None:
    harsh = "  targets: {cs-check-history: 0.0}\n"
    long = LOAD.replace("days: 2", "days: 8").replace("customers: 80", "customers: 400")
    lay_out(pytester, small=long.replace("  metrics:", f"{harsh}  metrics:"))
    result = pytester.runpytest_inprocess()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["*expect.targets.cs-check-history", "The worst breaches:", "    cs-check-history: * of * cases (*%)",
         "        An SMS was issued to customer *"]
    )  # fmt: skip


def test_a_load_is_unknown_where_another_system_is_under_test(pytester: pytest.Pytester) -> None:
    lay_out(pytester, small=LOAD)
    result = pytester.runpytest_inprocess("-rs", "--emsim-system", "tests.scenario.systems:unlimited")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["*unknown: a load is simulated with our own systems*"])


def test_a_bad_load_is_one_line(pytester: pytest.Pytester) -> None:
    lay_out(pytester, small=LOAD.replace("delivered_share", "delivered_shares"))
    result = pytester.runpytest_inprocess()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*small.yaml:15: expect.metrics.delivered_shares: unknown metric*"])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_a_policy_that_changes_in_the_middle_is_judged_by_what_was_in_force(pytester: pytest.Pytester) -> None:
    change = "changes: [{from: 2026-07-07, policy: {cs-daily-limit.limit: 0}}]\nexpect:"
    limited = LOAD.replace("{cs-once: pass}", "{cs-daily-limit: pass}").replace("expect:", change)
    lay_out(pytester, small=limited.replace("customers: 80", "customers: 400"))
    pytester.runpytest_inprocess().assert_outcomes(passed=1)
