"""Planted faults: systems with one fault each, to prove that the scenarios and the audit can fail.

>>> from fakes.broken import FAULTS
>>> FAULTS["six_a_day"].rule, FAULTS["six_a_day"].what
('cs-daily-limit', 'Six messages a day are let through.')
"""

from fakes.broken import (
    after_sending,
    confirmation,
    customer_first,
    debt,
    debt_eligibility,
    limits,
    message,
    recipients,
    release,
    whole,
    window,
)
from fakes.broken.fault import Fault

__all__ = ["FAULTS", "Fault"]

_TOPICS = (
    limits, confirmation, window, release, recipients, message, after_sending, customer_first, debt, debt_eligibility,
    whole,
)  # fmt: skip

FAULTS: dict[str, Fault] = {fault.name: fault for topic in _TOPICS for fault in topic.FAULTS}
"""All planted faults by name, in the order of the policy's topics."""
