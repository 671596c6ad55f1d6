"""What is on record at the start of a scenario, as the facts that say so; defaults are not written."""

from collections.abc import Callable

from sim.clock import STATE_ZONES
from sim.scenario.facts import Change
from sim.scenario.format import AtCentrelink, Customer, Debt


def at_start(customer: Customer, debt: Callable[[str], int]) -> list[Change]:
    """The facts of one customer, in the order in which they are told; `debt` gives a debt's id."""
    found: list[Change] = [("zone_recorded", {"value": customer.zone or STATE_ZONES[customer.state or ""]})]
    if customer.child_support:
        found += _child_support(customer)
    if customer.deceased:
        found.append(("died", {}))
    if customer.restricted_access:
        found.append(("restricted_access_set", {"value": True}))
    if customer.centrelink is not None:
        found += _centrelink(customer.centrelink, customer.child_support)
    for name, owed in customer.debts.items():
        found += _debt(debt(name), owed)
    return found + [("eligibility_injected", {"template": one}) for one in customer.injected if one != "none"]


def _child_support(customer: Customer) -> list[Change]:
    numbers = customer.numbers
    if numbers is None:
        numbers = 0 if customer.mobile == "none" else 1
    found: list[Change] = [("mobile_recorded", {"value": customer.mobile}), ("numbers_recorded", {"value": numbers})]
    if customer.email != "none":
        found.append(("email_recorded", {"value": customer.email}))
    if customer.opted_out:
        found.append(("opt_out_recorded", {}))
    if customer.never_contacted:
        found.append(("never_contacted", {}))
    if customer.employer:
        found.append(("employer_set", {"value": True}))
    if customer.fdv_indicator:
        found.append(("fdv_indicator_set", {"value": True}))
    if customer.area != "none":
        found.append(("area_recorded", {"value": customer.area}))
    return found + [("service_ended", {"value": service}) for service in customer.ended]


def _centrelink(there: AtCentrelink, child_support: bool) -> list[Change]:
    found: list[Change] = [
        ("centrelink_recorded", {"value": there.current}),
        ("centrelink_mobile_recorded", {"value": there.mobile}),
        ("mail_channel_recorded", {"value": there.mail}),
        ("postcode_recorded", {"value": there.postcode}),
    ]
    if there.mutual and child_support:
        found.append(("mutual_customer_set", {"value": True}))
    if there.opted_out:
        found.append(("centrelink_opt_out_recorded", {}))
    if there.withholdings:
        found.append(("withholdings_eligible_set", {"value": True}))
    return found + [("vulnerability_set", {"value": one}) for one in there.vulnerabilities]


def _debt(ref: int, owed: Debt) -> list[Change]:
    found: list[Change] = [("debt_raised", {"debt": ref, "value": owed.due})]
    if owed.withholdable:
        found.append(("withholdable_payment_set", {"debt": ref, "value": True}))
    if owed.xcshsms:
        found.append(("xcshsms_set", {"debt": ref, "value": True}))
    if owed.arrangement != "none":
        found.append(("arrangement_set", {"debt": ref, "arrangement": owed.arrangement, "status": owed.status}))
    if owed.repayment_due:
        found.append(("repayment_due", {"debt": ref, "value": owed.repayment_due}))
    if owed.declined:
        found.append(("repayment_declined", {"debt": ref, "value": owed.declined}))
    if owed.write_off != "none":
        ends = {"ends": owed.write_off_ends} if owed.write_off_ends else {}
        found.append(("write_off_set", {"debt": ref, "value": owed.write_off, "level": "debt", **ends}))
    if owed.hardship_completed:
        found.append(("hardship_pause_completed", {"debt": ref}))
    if owed.pause and owed.pause_ends:
        found.append(("pause_started", {"debt": ref, "value": owed.pause, "ends": owed.pause_ends}))
    if owed.auto_setup_ends:
        found.append(("arrangement_set", {"debt": ref, "arrangement": owed.arrangement, "status": "ceased"}))
        found.append(("auto_setup_ceased", {"debt": ref, "ends": owed.auto_setup_ends}))
    if owed.pause_ended:
        found.append(("pause_ended", {"debt": ref}))
    if owed.recovery_restarted:
        found.append(("recovery_restarted", {"debt": ref}))
    if owed.paid:
        found.append(("debt_paid", {"debt": ref}))
    return found
