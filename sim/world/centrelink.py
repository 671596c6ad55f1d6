"""Centrelink in the world: its systems, its customers, and its debts."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from fakes.centrelink import Standing
from fakes.centrelink_sender import CentrelinkSurroundings
from fakes.people import People
from sim.messages import MobileStatus, System
from sim.population.centrelink import CentrelinkModel, Member
from sim.population.customers import Customer
from sim.world.debts import Debts, debt_model, debtors
from sim.world.lives import Lives
from sim.world.machines import Machines
from sim.world.world import World

if TYPE_CHECKING:
    from sim.scenario.load import Load

CHILD_SUPPORT, CUSTOMER_FIRST, DEBT_RECOVERY = "child_support", "customer_first", "debt_recovery"
"""The programmes of a load (`sim.scenario.load.PROGRAMMES`)."""


def install_centrelink(world: World, rate_per_second: float) -> None:
    """Customer First, DMIS and SAP, on the gateway."""
    made = world.machinery
    around = CentrelinkSurroundings(
        made.rules, world.policy, world.centrelink, world.centrelink_ledger, world.gateway, world.clocks,
        rate_per_second,
    )  # fmt: skip
    world.customer_first = made.customer_first(around, People(world.draws.seed))
    world.dmis, world.sap = made.dmis(around), made.sap(around)
    world.senders |= {System.CUSTOMER_FIRST: world.customer_first, System.DMIS: world.dmis, System.SAP: world.sap}


def concerned(world: World, ids: Sequence[int], programmes: Sequence[str]) -> Sequence[int]:
    """Those of the population whom the programmes concern: with debt recovery alone, debtors."""
    return debtors(world, ids) if list(programmes) == [DEBT_RECOVERY] else ids


def start_centrelink(world: World, machines: Machines, lives: Lives, people: Sequence[Customer], load: "Load") -> None:
    """Enter everybody who is on Centrelink's record, and let their lives and debts begin."""
    programmes = load.programmes
    model = CentrelinkModel(world.draws, world.parameters)
    debts = Debts(world, machines, debt_model(world)) if DEBT_RECOVERY in programmes else None
    if debts is None and CUSTOMER_FIRST not in programmes:
        return
    for customer in people:
        member = model.member(customer)
        if member is None:
            continue
        _enter(world, member)
        if customer.id not in world.customers:
            lives.schedule(customer)
        if debts is not None:
            debts.enter(member)
    if debts is not None:
        debts.start([fault for fault in load.faults if fault.kind == "disaster"])


def _enter(world: World, member: Member) -> None:
    standing = Standing(
        member.current, member.mutual, member.zone, member.mobile, member.opted_out, member.restricted_access,
        member.mail, member.postcode, member.vulnerabilities, member.withholdings,
    )  # fmt: skip
    alone = member.id not in world.customers
    world.centrelink.enter(member.id, standing, world.start, alone=alone)
    if alone and member.mobile == MobileStatus.INVALID:
        world.disconnected[member.id] = True
