"""The send window (policy.md B). Times of day are ms since local midnight as the wall clock shows them."""

NEXT_DAY = 0
"""`cs-send-window.release`: the local calendar day after the one of issue, also for 06:30."""
NEXT_OPENING = 1
"""`cs-send-window.release`: the first opening at or after the issue."""

# 2**32 divided by the golden ratio, made odd (Knuth's multiplicative hash): neighbouring ids fall far apart and any run
# of ids covers the spread evenly. 32 bits keep every product within a signed 64-bit integer.
_GOLDEN_32 = 2_654_435_769
_MASK_32 = 0xFFFF_FFFF


def inside_window(time_of_day: int, opens_ms: int, closes_ms: int) -> int:
    """1 when an SMS may go at this local time of day: the opening is inside, the closing is outside."""
    return int(opens_ms <= time_of_day < closes_ms)


def release_day_offset(time_of_day: int, opens_ms: int, closes_ms: int, release: int) -> int:
    """Local days from the day of issue (or of a hold at the closing) to the day of release: 0 or 1.

    `time_of_day`: when the message was issued or is held again. It lies outside the window, or inside it when the daily
    limit holds the message on; then the day is the next one. The release is due at the opening of that local day.
    No reading named so far turns on `closes_ms`.
    """
    return int(release != NEXT_OPENING or time_of_day >= opens_ms)


def spread_offset(customer: int, spread_ms: int) -> int:
    """Ms after the opening at which this customer's release is due, from 0 up to but not including `spread_ms`.

    Even over customers and the same on every day (`cs-send-window.release_spread_minutes`); 0 when the spread is 0.
    """
    return (((customer & _MASK_32) * _GOLDEN_32 & _MASK_32) * spread_ms) >> 32
