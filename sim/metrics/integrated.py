"""Integrated Service Officers: from where they sent, and what became of the messages about claims."""

import numpy as np
import pandas as pd

from sim.history import Event
from sim.messages import IntegratedWork, System
from sim.metrics.measures import Facts, Measures
from sim.tables.columns import categories, coded

OUTCOMES = ("grant", "reject")
"""How a claim may be finalised, by the code of CLAIM_FINALISED from 1 on."""
_WITHHELD = ("withheld, the CCM is available", "withheld, mail is online", "withheld, reached by phone")
FATES = ("sent by an officer", *_WITHHELD, "not sent, barred", "nothing on record")
"""What may become of the message about a finalised claim; the middle ones by the code of CLAIM_MESSAGE_WITHHELD."""


def measure(found: Measures, facts: Facts) -> None:
    """All metrics of this module but `routed_right`, which the audit tells."""
    routes = decisions(facts)
    found.counts("routed", routes["system"])
    pairs = routes["work"].astype("object") + ": " + routes["system"].astype("object")
    found.counts("routed_by_work", pairs)
    claims = claims_and_messages(facts)
    found.counts("claims", claims["outcome"])
    fates = claims["outcome"].astype("object") + ": " + claims["fate"].astype("object")
    found.counts("claim_messages", fates)
    sent = facts.sent[(facts.sent["system"] == "customer_first") & (facts.sent["kind"] == "automatic")]
    found.counts("claim_messages_automatic", sent["template"])


def decisions(facts: Facts) -> pd.DataFrame:
    """A row a work item that was routed: what it was (`work`) and the `system` that was chosen in the end."""
    columns = {name: facts.rows.take(name, Event.ROUTED) for name in ("ref", "value", "other")}
    last = pd.DataFrame(columns).drop_duplicates("ref", keep="last")
    frame = pd.DataFrame({"ref": last["ref"].to_numpy()})
    frame["work"] = categories(last["other"].to_numpy(), IntegratedWork)
    frame["system"] = categories(last["value"].to_numpy(), System, last=System.SAP)
    return frame


def claims_and_messages(facts: Facts) -> pd.DataFrame:
    """A row a claim that was finalised: `ref`, `outcome` (of `OUTCOMES`) and `fate` (of `FATES`) of the message that an
    officer sends about it. Messages that go by themselves are not among them."""
    claims = pd.DataFrame({name: facts.rows.take(name, Event.CLAIM_FINALISED) for name in ("ref", "value")})
    claims = claims.drop_duplicates("ref")
    told, why = (facts.rows.take(name, Event.CLAIM_MESSAGE_WITHHELD).tolist() for name in ("ref", "value"))
    withheld = dict(zip(told, why, strict=True))
    asked = facts.sms[(facts.sms["system"] == "customer_first") & (facts.sms["officer_id"] > 0)]
    asked = asked[asked["template"].isin(["claim_grant", "claim_reject"])]
    went = asked.loc[asked["outcome"].isin(["sent", "held"]), "ref"]
    barred = asked.loc[asked["outcome"].isin(["refused", "withdrawn"]), "ref"]
    refs = claims["ref"]
    fate = refs.map(withheld).fillna(0).to_numpy(dtype=np.int64)
    fate = np.where(fate == 0, np.where(refs.isin(barred), len(_WITHHELD) + 1, len(FATES) - 1), fate)
    fate = np.where(refs.isin(went), 0, fate)
    frame = pd.DataFrame({"ref": refs.to_numpy()})
    frame["outcome"] = coded(claims["value"].to_numpy() - 1, OUTCOMES)
    frame["fate"] = coded(fate, FATES)
    return frame
