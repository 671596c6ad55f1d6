"""What the rules of Integrated Service Officers share (policy.md E): their texts, and the facts of a work item."""

from sim.audit.codes import Event

PRE_CALL, PRE_CALL_REVIEW, CLAIM_GRANT, CLAIM_REJECT = 301, 302, 303, 304
"""The template codes of Customer First: the pre call text, the one of ARO/SME alone, the two claim outcomes."""

GRANTED, REJECTED = 1, 2
"""The outcomes of a claim that was finalised."""


def fact_join(name: str, fact: str, table: str, instant: str) -> str:
    """An ASOF join that gives a fact on record about the customer of `table` at `instant` as `name`.value; what was
    recorded at that very millisecond counts."""
    return (
        f"ASOF LEFT JOIN (FROM facts WHERE fact = '{fact}') AS {name} ON {table}.run_id = {name}.run_id "
        f"AND CAST({table}.customer AS VARCHAR) = {name}.customer_id AND {instant} >= {name}.from_ms"
    )


def item_join(name: str, event: Event, table: str, instant: str) -> str:
    """An ASOF join that gives what `event` last said of the work item (``ref``) of `table` up to `instant`, as
    `name`.value."""
    return (
        f"ASOF LEFT JOIN (FROM events WHERE event = {event} AND ref > 0) AS {name} ON {table}.run_id = {name}.run_id "
        f"AND {table}.ref = {name}.ref AND {instant} >= {name}.time"
    )
