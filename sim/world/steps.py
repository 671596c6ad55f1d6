"""The steps of the procedure by number: they key the draws of duration and of being skipped."""

from enum import IntEnum


class Step(IntEnum):
    """A step of one work item. Codes are fixed for ever; each leaves room for ordinals below the next."""

    READ = 1
    SUBSCRIPTION = 2
    NOTEPAD = 3
    FDV_DISCUSSION = 4
    CONSULT = 5
    AREA = 6
    PLUTO_LIST = 7
    CUBA_LIST = 8
    CASE_HISTORY = 9
    FIRST_CONTACT = 10
    ALTERNATIVE = 11
    LETTER = 12
    WRAP_UP = 13
    HAND_OVER = 14
    REASSIGN = 15
    NUMBER_CHECK = 16
    CONTACT_PROTOCOL = 17
    APPROPRIATE = 18
    NO_RESEND = 20  # + step of the message
    DETAILS = 64  # + step of the message
    PREVIEW = 96
    COMPOSE = 128
    PRIOR_ACTION = 160  # + 8 × step of the message + number of the action
    REPORT = 192  # + ReportAction
    EXPLAIN = 216  # + point
    APOLOGY_CALL = 224
    SEARCH = 225
    ESCALATION = 226  # + which of number, content and time is left out
    ROUTE = 232  # + test
    CLAIM = 240  # + what is found out
    CONFIRM = 256
    CALL = 1024  # + attempt
