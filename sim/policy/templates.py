"""The message templates (`cs-templates`): data of the policy, with their exact texts."""

import re
from dataclasses import dataclass
from typing import Literal

from pydantic import Field, model_validator

from sim.marked_yaml import Schema
from sim.messages import Service, System

FieldName = Literal["contact_time", "by_date", "payment_type", "phone_number"]
SERVICES = {"reminder": Service.REMINDER, "general": Service.GENERAL}
SYSTEMS = {
    "pluto": System.PLUTO,
    "cuba": System.CUBA,
    "customer_first": System.CUSTOMER_FIRST,
    "dmis": System.DMIS,
    "sap": System.SAP,
}
_DESKTOPS = ("pluto", "customer_first")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_LAST_CODE = 999


@dataclass(frozen=True)
class Template:
    """One type of message, as a dropdown of its system names it.

    `system` alone sends it. `group` is the group of the Generate Desktop Message dialog, or the document description
    of Customer First, where `title` is the text option; DMIS and SAP have no dialog. `kind`: `cs-templates.kinds`.
    `fields` are the declared fields and nothing else varies in `text`: ``{contact_time}`` becomes "within the hour" or
    "today", ``{by_date}`` a date like "16 October 2026", ``{payment_type}`` the name of a payment and
    ``{phone_number}`` the agency's number for it. `asks_answer`: a Child Support customer is asked to answer
    (`cs-unanswered`). `precall`: a pre call alert; `promise` says what it promises: "contact_time" (the field), "today"
    (no field), "two_hours" (ARO/SME), or "" when it is none. `prior_actions` are completed before it is sent, numbered
    from 1. `desktop`: an officer may choose it; Cuba, DMIS and SAP send theirs by themselves.
    """

    code: int
    id: str
    group: str
    title: str
    kind: str
    service: Service
    fields: tuple[str, ...]
    asks_answer: bool
    precall: bool
    prior_actions: tuple[str, ...]
    desktop: bool
    text: str
    promise: str = ""
    system: System = System.PLUTO


class TemplateRow(Schema):
    """A template as it stands in policy.yaml."""

    code: int = Field(ge=1, le=_LAST_CODE)
    id: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")
    group: str = Field(min_length=1)
    title: str = Field(min_length=1)
    kind: str = Field(min_length=1)
    service: Literal["reminder", "general"]
    fields: list[FieldName] = Field(default_factory=list)
    asks_answer: bool = False
    promise: Literal["", "contact_time", "today", "two_hours"] = ""
    prior_actions: list[str] = Field(default_factory=list)
    system: Literal["pluto", "cuba", "customer_first", "dmis", "sap"] = "pluto"
    desktop: bool = True
    text: str = Field(min_length=1)
    status: Literal["doc", "pub", "assume"]

    @model_validator(mode="after")
    def _fits(self) -> "TemplateRow":
        if sorted(_PLACEHOLDER.findall(self.text)) != sorted(self.fields) or len(set(self.fields)) < len(self.fields):
            fields = ", ".join(self.fields) or "none"
            raise ValueError(f"the places in the text of {self.id} are not its declared fields ({fields})")
        if self.promise == "contact_time" and "contact_time" not in self.fields:
            raise ValueError(f"{self.id} promises a contact time but declares no field contact_time")
        if self.desktop != (self.system in _DESKTOPS):
            chosen = "an officer chooses" if self.system in _DESKTOPS else "no officer chooses"
            desktop = str(self.desktop).lower()
            raise ValueError(f"{self.id} is one that {chosen} (system {self.system}, desktop {desktop})")
        return self

    @property
    def in_dialog(self) -> bool:
        """Whether its group is one of the Generate Desktop Message dialog; Cuba's messages keep to the same."""
        return self.system in ("pluto", "cuba")

    def template(self) -> Template:
        """The frozen template."""
        return Template(
            code=self.code,
            id=self.id,
            group=self.group,
            title=self.title,
            kind=self.kind,
            service=SERVICES[self.service],
            fields=tuple(self.fields),
            asks_answer=self.asks_answer,
            precall=bool(self.promise),
            prior_actions=tuple(self.prior_actions),
            desktop=self.desktop,
            text=self.text,
            promise=self.promise,
            system=SYSTEMS[self.system],
        )
