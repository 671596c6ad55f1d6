"""Draws about Centrelink's customers and their debts, keyed as all draws are (`sim.draws`)."""

from enum import IntEnum

from sim.draws import Draws, draw


class CentrelinkPurpose(IntEnum):
    """Why a number is drawn. Codes are fixed for ever, and apart from those of `sim.draws.Purpose`."""

    CENTRELINK_ONLY = 200  # entity: pair
    FORMER = 201
    MAIL = 202
    POSTCODE = 203
    VULNERABILITY = 204
    WITHHOLDINGS = 205
    OWN_MOBILE = 206
    OWN_OPT_OUT = 207
    DEBTOR = 210
    DEBTS = 211
    SITUATION = 212
    DEBT_DETAIL = 213
    DEBT_RAISED = 220
    HARDSHIP = 221
    VULNERABLE_LATER = 222
    CHOICE_BY_DUE = 223
    INSTALMENT = 224
    CATCH_UP = 225
    OVERDUE = 226
    DELAY = 227
    RENEGOTIATION = 228
    DISASTER = 229  # entity: ordinal of the disaster
    DISASTER_EFFECT = 230
    ASKS = 231  # entity: the cause of the message


class CentrelinkDraws(Draws):
    """The draws of a run for these purposes too."""

    def uniform(self, purpose: int, entity: int, n: int = 0) -> float:
        """A number strictly between 0 and 1 for this key and the run's seed."""
        return draw(self.seed, purpose, entity, n)
