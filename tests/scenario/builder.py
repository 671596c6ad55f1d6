"""A scenario in few words, for tests that change one part of it."""

import textwrap
from pathlib import Path

HEAD = """\
emsim: 1
kind: scenario
title: A scenario for a test
rules: [cs-send-window]
"""
ONE = (
    HEAD
    + """\
customers:
  ana: {zone: Australia/Perth}
steps:
  - at: 2026-09-21 20:00
    send: {as: one, customer: ana, template: payment_received}
    expect: {outcome: held, due: next day 08:00}
end:
  messages:
    one: {outcome: sent, handed_over: 2026-09-22 08:00}
"""
)


def write(folder: Path, text: str, name: str = "one.yaml") -> Path:
    """Write a scenario file."""
    path = folder / name
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    return path
