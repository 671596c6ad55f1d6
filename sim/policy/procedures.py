"""What officers are told to do (policy.md A, C and D), and the day of the bounce back.

Instants are ms UTC, -1 for "never"; flags and answers are 0 or 1.
"""

from sim.messages import ContactTime, ProcessKind, SpecialisedArea

_NEXT_HOUR = int(ContactTime.NEXT_HOUR)
_OBJECTION = int(ProcessKind.OBJECTION)
_PERSONALISED_SERVICES = int(SpecialisedArea.PERSONALISED_SERVICES)


def fdv_undiscussed(is_other_party: int, applicant_raised: int, discussed: int) -> int:
    """1 when no SMS may go to this customer on this process (`cs-fdv`).

    The customer is the other party, the applicant is among those who raised FDV concerns on the process, and the
    concerns were not yet discussed with the applicant. Where the applicant did not raise them both parties may get one.
    """
    return int(is_other_party != 0 and applicant_raised != 0 and discussed == 0)


def notepad_first(fdv_indicator: int, concerns_evident: int) -> int:
    """1 when the notepad is reviewed before deciding to send (`cs-fdv-indicator`)."""
    return int(fdv_indicator != 0 or concerns_evident != 0)


def counts_as_unanswered(issued: int, last_answer: int, now: int, unanswered_ms: int) -> int:
    """1 when a message that asks for an answer counts towards `cs-unanswered` at `now`.

    It was issued less than `unanswered_ms` ago (exactly that old is no longer "in the last 14 days", as with the hour
    of the confirmation), and the customer has not answered since; an answer clears all that were issued
    before it.
    """
    age = now - issued
    return int(0 <= age < unanswered_ms and last_answer <= issued)


def alternative_first(unanswered: int, messages: int) -> int:
    """1 when another way of contact is considered before an SMS (`cs-unanswered`).

    `unanswered`: how many messages count (`counts_as_unanswered`); `messages`: from how many on ("multiple").
    """
    return int(unanswered >= messages)


def phone_first(never_contacted: int, rounds_done: int) -> int:
    """1 when a phone attempt on all available numbers comes before an SMS (`cs-first-contact-by-phone`).

    `never_contacted`: the customer never contacted Child Support. `rounds_done`: complete rounds of attempts on all
    numbers so far; one is enough.
    """
    return int(never_contacted != 0 and rounds_done < 1)


def required_attempts(
    area: int, process: int, out_of_time: int, usual: tuple[int, int] = (1, 1), late: tuple[int, int] = (3, 2)
) -> tuple[int, int]:
    """(call attempts on each number, business days that they are spread over) (`cs-contact-protocol`).

    `process` is a `ProcessKind`. (0, 0) for Personalised Services customers, for whom phone contact is not mandatory;
    `late` for an objection out of time; `usual` otherwise. The defaults are the policy's; a run that changes
    `attempts`, `attempts_over_days` or their namesakes `out_of_time_…` hands its own pairs over.
    """
    if area == _PERSONALISED_SERVICES:
        return 0, 0
    if process == _OBJECTION and out_of_time:
        return late
    return usual


def promise_end(contact_time: int, promised_at: int, end_of_local_day: int, hour_ms: int) -> int:
    """The last instant at which the call of a pre call alert keeps its promise (`cs-precall`).

    `promised_at`: when the alert was sent (or issued, by `cs-precall.promise_from`). `end_of_local_day`: the first
    instant of the local day after the one of `promised_at`. `In the next hour` lasts up to and including `hour_ms`
    after; anything else promises a call today (S002 says so in its words and has no choice of time).
    """
    if contact_time == _NEXT_HOUR:
        return promised_at + hour_ms
    return end_of_local_day - 1


def promise_kept(called: int, promised_at: int, promise_ends: int) -> int:
    """1 when the call was attempted within what the alert promised, both ends included (`cs-precall`)."""
    return int(promised_at <= called <= promise_ends)


def stale_alert(sent: int, called: int, promise_ends: int) -> int:
    """1 when an alert was sent after its call was made, or after its promise ran out (`cs-precall`).

    `called`: the first call attempt that the alert announced, -1 when there was none yet. `promise_ends`: from
    `promise_end`; with `promise_from` `sent` the promise cannot run out before it is made.
    """
    return int(0 <= called < sent or sent > promise_ends)


def reassign_call(free_at: int, promise_ends: int) -> int:
    """1 when an officer who is free at `free_at` hands the call to the Team Leader at once (`cs-precall-reassign`)."""
    return int(free_at > promise_ends)


def resend_barred(sent: int, viewable: int, now: int) -> int:
    """1 when the same template is not sent again to the customer at `now` (`cs-no-resend`).

    `sent`: when the earlier message was issued or sent; `viewable`: when it came into Cuba's list, -1 when it has not.
    """
    return int(0 <= sent <= now and not 0 <= viewable <= now)


def bounce_day(failed_day: int) -> int:
    """The agency calendar day of the nightly run that creates the bounce back (`cs-bounce-back`).

    `failed_day`: the agency day on which the error became known, at whatever hour, before the run's included.
    """
    return failed_day + 1
