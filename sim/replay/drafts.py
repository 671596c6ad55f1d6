"""A scenario about one customer in the making: what came to the systems of them, as the data of a scenario file."""

from dataclasses import dataclass

from sim.clock import AGENCY_ZONE, DAY, ZONES, Clock, clock
from sim.history import Event
from sim.messages import Channel, ContactTime, ProcessKind, Request, Service, System, Vulnerability
from sim.policy.content import PAYMENTS
from sim.policy.policy import Policy
from sim.policy.settings import time_ms
from sim.replay.differences import Change, Difference
from sim.replay.fact_words import AT_CENTRELINK, OF_A_CUSTOMER, OF_A_DEBT, RECORDED, Data, arrangement, day_text
from sim.replay.registers import Fact
from sim.replay.stream import Answer, Input, Kind, Stream

WHO, APPLICANT, JUDGED = "ana", "applicant", "judged"
"""How the customer, the applicant of their processes, and the message in question are called."""
NIGHTLY = (Change.SUPPRESSED, Change.RELEASED, Change.LATER_NIGHT, Change.EARLIER_NIGHT)
_BY_QUESTION = (Change.ASKED, Change.NOT_ASKED)
_REACH = 3 * DAY  # what happens after the message was asked for may still decide it while it is held
_FAR = 200  # days until a debt is due that asks for no message yet
_SENDING = (System.PLUTO, System.CUBA, System.CUSTOMER_FIRST)
_CONTACT_TIMES = {ContactTime.NEXT_HOUR: "In the next hour", ContactTime.TODAY: "Today"}
_ANSWERS = {Answer.SENDS: "send", Answer.CANCELS: "cancel"}
_PROCESSES = (Event.PROCESS_OPENED, Event.PROCESS_CLOSED, Event.FDV_RAISED, Event.FDV_DISCUSSED)


@dataclass
class Draft:
    """`data` is that of the file; `target` the place of the step in question among its steps; `night` tells that it is
    a nightly run, and that the question is whether the message goes in it."""

    data: Data
    target: int
    night: bool


class Undraftable(Exception):
    """What happened cannot be said in a scenario file; the text says why."""


def draft(stream: Stream, one: Difference, policy: Policy) -> Draft:
    """Everything that concerns the customer of a difference, up to it. Raises Undraftable."""
    return _Drafter(stream, one, policy).draft()


def local(here: Clock, time: int) -> str:
    """An instant as scenario files take it, in local time with the offset."""
    text = here.isoformat(time)
    wall, offset = text[:-6].removesuffix(".000"), text[-6:]
    return (wall.removesuffix(":00") if len(wall) == len("2026-10-06T06:30:00") else wall) + offset


class _Drafter:
    """Walks the stream once."""

    def __init__(self, stream: Stream, one: Difference, policy: Policy) -> None:
        self._stream, self._one, self._policy = stream, one, policy
        self._templates = policy.templates
        self._customer: Data = {}
        self._others: Data = {}
        self._officers: Data = {}
        self._steps: list[Data] = []
        self._target = -1
        self._here = clock(AGENCY_ZONE)
        self._names: dict[int, str] = {}  # of debts and processes, by ref
        self._arrangements: dict[int, int] = {}
        self._night = one.change in NIGHTLY
        pressed = [fate.pressed for fate in (one.before, one.after) if fate is not None]
        self._time = min(pressed) if self._night else one.time

    def draft(self) -> Draft:
        stream = self._stream
        for began, ended in stream.transports.outages:
            if ended > self._time - _REACH and began <= self._time + _REACH:
                self._outage(max(began, stream.start), ended)
        for one in stream.inputs:
            if one.time > self._time + _REACH:
                break
            if one.kind == Kind.FACT:
                self._fact(one)
            elif one.kind == Kind.PRESS and one.what.customer == self._one.customer and one.time <= self._time:
                self._press(one)
        system = System(self._one.system).name.lower()
        if self._one.change in NIGHTLY:
            self._add(self._time, {"run_batch": system}, target=True)
        elif self._one.message in stream.batch_ids.values():
            self._add(self._time, {"run_batch": system, "begins": {JUDGED: WHO}}, target=True)
        if self._target < 0:
            raise Undraftable("what brought the message about is not in the log")
        return self._drafted()

    def _drafted(self) -> Draft:
        target = self._steps[self._target]
        self._steps.sort(key=lambda step: (step["time"], step["rank"]))
        place = next(place for place, step in enumerate(self._steps) if step is target)
        steps = [{"at": local(self._here, step["time"]), **step["what"]} for step in self._steps]
        data: Data = {"customers": {WHO: self._customer, **self._others}, "steps": steps}
        if self._officers:
            data["officers"] = self._officers
        if "debts" in self._customer and "owed" not in self._customer["debts"]:
            data["start"] = local(clock(AGENCY_ZONE), self._stream.start)
        return Draft(data, place, self._night)

    # Steps

    def _add(self, time: int, what: Data, *, target: bool = False, rank: int = 1) -> None:
        if target:
            self._target = len(self._steps)
        self._steps.append({"time": time, "rank": rank, "what": what})

    def _outage(self, began: int, ended: int) -> None:
        self._add(began, {"gateway": "down"}, rank=0)
        if ended < self._stream.end:
            self._add(ended, {"gateway": "up"}, rank=0)

    def _press(self, one: Input) -> None:
        request: Request = one.what
        target = request.message == self._one.message and not self._night
        if request.message in self._stream.said:
            if target:
                raise Undraftable("the recipient's record is known from the log's own refusal alone")
            return  # refused, and in nobody's way
        if request.system in _SENDING:
            self._add(one.time, {"send": self._send(request, target)}, target=target)
        elif request.system == System.DMIS:
            self._picked(one.time, request, target)
        elif target:
            self._confirmation(one.time)

    def _picked(self, time: int, request: Request, target: bool) -> None:
        """Of somebody else's log only the pick is known: from the run of that date on it counts as eligible, beside a
        debt that asks for no message."""
        agency = clock(AGENCY_ZONE)
        run = agency.at(agency.day(time), time_ms(self._policy.value("dr-eligibility.run_at")))
        self._customer.setdefault("debts", {"owed": {"due": day_text(agency.day(time) + _FAR)}})
        injected = {"customer": WHO, "event": "eligibility_injected", "template": self._templates[request.template].id}
        self._add(run, {"record": injected}, rank=0)
        if target:
            assert self._one.after is not None
            self._night = not self._one.after.accepted
            begins = {} if self._night else {"begins": {JUDGED: WHO}}
            self._add(run, {"run_batch": "dmis", **begins}, target=True)

    def _confirmation(self, time: int) -> None:
        """SAP confirms by itself: the message begins with the arrangement that is set up."""
        for place, step in enumerate(self._steps):
            if step["time"] == time and step["what"].get("record", {}).get("event") == "arrangement_set":
                step["what"]["begins"] = {JUDGED: WHO}
                self._target = place
                return
        raise Undraftable("a message of SAP begins with an arrangement, and the log has none at that instant")

    def _send(self, request: Request, target: bool) -> Data:
        template = self._templates.get(request.template)
        send: Data = {"as": JUDGED} if target else {}
        send |= {"customer": WHO, "template": template.id if template else "none"}
        if request.system != System.PLUTO:
            send["system"] = System(request.system).name.lower()
        if request.channel != Channel.SMS and request.system != System.CUBA:  # which chooses it by what is on record
            send["channel"] = Channel(request.channel).name.lower()
        if request.contact_time:
            send["contact_time"] = _CONTACT_TIMES[ContactTime(request.contact_time)]
        if request.by_date:
            send["by_date"] = day_text(request.by_date)
        if request.payment_type:
            send["payment_type"] = PAYMENTS[request.payment_type][0]
        if not request.access:
            self._officers["nobody"] = {"access": "none"}
            send["officer"] = "nobody"
        if request.system == System.PLUTO and not (target and self._one.change in _BY_QUESTION):
            answer = self._stream.answers.get(request.message, Answer.SENDS)
            send |= {"answer": _ANSWERS[answer]} if answer in _ANSWERS else {}
        return send

    # Facts

    def _fact(self, one: Input) -> None:
        fact: Fact = one.what
        if fact.event in _PROCESSES:
            self._process(one.time, fact)
            return
        disaster = fact.event in (Event.DISASTER_DECLARED, Event.DISASTER_ENDED)
        if fact.customer != self._one.customer and not disaster:
            return
        if one.time <= self._stream.start and not disaster:
            self._at_start(fact)
            return
        if fact.event == Event.DEBT_RAISED:
            self._raise_debt(fact)
        else:
            self._add(max(one.time, self._stream.start), {"record": self._record(fact)}, rank=0)

    def _process(self, time: int, fact: Fact) -> None:
        """Concerns matter where the system enforces `cs-fdv`; then the applicant is somebody in the scenario."""
        mine = self._one.customer
        if self._one.rule != "cs-fdv" or (fact.event == Event.PROCESS_OPENED and fact.other != mine):
            return
        name = f"process_{fact.ref}"
        if fact.event == Event.PROCESS_OPENED:
            self._others[APPLICANT] = {"zone": ZONES[0]}
            kind = ProcessKind(fact.value).name.lower()
            record = {"event": "process_opened", "customer": APPLICANT, "other": WHO, "process": name, "value": kind}
            self._names[fact.ref] = name
        elif fact.ref in self._names:
            who = WHO if fact.customer == mine else APPLICANT
            record = {"event": Event(fact.event).name.lower(), "customer": who, "process": name}
        else:
            return
        self._add(max(time, self._stream.start), {"record": record}, rank=0)

    def _at_start(self, fact: Fact) -> None:
        """Something on record at the start, as a part of the customer."""
        mine, event, value = self._customer, fact.event, fact.value
        if event == Event.ZONE_RECORDED:
            mine["zone"], self._here = self._zone(value), self._stream.clocks[value]
        elif event == Event.SERVICE_ENDED:
            mine.setdefault("ended", []).append(Service(value).name.lower())
        elif event in OF_A_CUSTOMER:
            mine |= OF_A_CUSTOMER[event](fact)
        elif event in AT_CENTRELINK:
            mine.setdefault("centrelink", {}).update(AT_CENTRELINK[event](fact))
        elif event == Event.VULNERABILITY_SET:
            there = mine.setdefault("centrelink", {})
            if fact.other:  # set, and not lifted
                there.setdefault("vulnerabilities", []).append(Vulnerability(value).name.lower())
        elif event == Event.DEBT_RAISED:
            self._raise_debt(fact)
        elif fact.ref in self._names and event in OF_A_DEBT:
            if event == Event.ARRANGEMENT_SET:
                self._arrangements[fact.ref] = value
            mine["debts"][self._names[fact.ref]] |= OF_A_DEBT[event](fact)
        elif event == Event.WRITE_OFF_SET:
            self._add(self._stream.start, {"record": self._record(fact)}, rank=0)

    def _raise_debt(self, fact: Fact) -> None:
        """Debts are on record from the start: the nightly runs of a scenario are for those who have one then."""
        name = self._names[fact.ref] = f"debt_{len(self._names) + 1}"
        self._customer.setdefault("debts", {})[name] = {"due": day_text(fact.value)}

    def _record(self, fact: Fact) -> Data:
        """A fact that was recorded later, as a step records it."""
        event = Event(fact.event)
        if event == Event.ZONE_RECORDED:
            self._zone(fact.value)
        record: Data = {"event": event.name.lower()}
        if fact.customer:
            record["customer"] = WHO
        if fact.ref in self._names:
            record["debt"] = self._names[fact.ref]
        if event == Event.ARRANGEMENT_SET:
            self._arrangements[fact.ref] = fact.value
        if event == Event.AUTO_SETUP_CEASED:
            kind = arrangement(self._arrangements[fact.ref])["arrangement"]
            return {**record, "arrangement": kind, "ends": day_text(fact.value)}
        return {**record, **(RECORDED[event](fact) if event in RECORDED else {})}

    def _zone(self, code: int) -> str:
        name = self._stream.clocks[code].name
        if name not in ZONES:
            raise Undraftable(f"no scenario has the zone {name}")
        return name
