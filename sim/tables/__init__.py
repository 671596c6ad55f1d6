"""The tables that analysts read, derived from the history alone.

`messages_table` has a row a message in the format of the design's *messages table* (the same in which a foreign log is
audited), `customers_table` is its companion, `officers_table` and `events_table` are for reading. Instants are
timezone-aware UTC timestamps to the millisecond, enums are categorical lower-case text, ids are integers (0: nobody).
All columns survive a round trip through Parquet. `with_local_times` adds local times where somebody wants to see them.
"""

from sim.tables.events import events_table
from sim.tables.local_times import local_milliseconds, with_local_times
from sim.tables.messages import EXTRA_COLUMNS, MESSAGE_COLUMNS, messages_table
from sim.tables.nights import night_spans
from sim.tables.parts import sms_parts
from sim.tables.people import customers_table, officers_table
from sim.tables.spans import spans
from sim.tables.templates import template_values

__all__ = [
    "EXTRA_COLUMNS",
    "MESSAGE_COLUMNS",
    "customers_table",
    "events_table",
    "local_milliseconds",
    "messages_table",
    "night_spans",
    "officers_table",
    "sms_parts",
    "spans",
    "template_values",
    "with_local_times",
]
