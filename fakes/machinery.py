"""What our systems are made of, as one bundle: the rules, the registers and the sending systems.

A broken system is ours with one part replaced: ``OURS.with_rules(inside_window=always_inside)`` or
``OURS._replace(pluto=ForgetfulPluto)``. The world and `fakes.our_systems` build whatever they are given.
"""

from typing import Any, NamedTuple

from fakes.centrelink import Centrelink
from fakes.cuba import Cuba
from fakes.cuba_automatic import CubaAutomatic
from fakes.customer_first import CustomerFirst
from fakes.dmis import Dmis
from fakes.pluto import Pluto
from fakes.sap import Sap
from sim.policy.bundle import RULES, Rules


class Machinery(NamedTuple):
    """The rules and the classes of which a run's systems are made. What hands messages over is named by each sending
    system itself (`dispatch_class`)."""

    rules: Rules = RULES
    cuba: type[Cuba] = Cuba
    centrelink: type[Centrelink] = Centrelink
    pluto: type[Pluto] = Pluto
    automatic: type[CubaAutomatic] = CubaAutomatic
    customer_first: type[CustomerFirst] = CustomerFirst
    dmis: type[Dmis] = Dmis
    sap: type[Sap] = Sap

    def with_rules(self, **functions: Any) -> "Machinery":
        """The same with these functions of the rules replaced."""
        return self._replace(rules=self.rules._replace(**functions))

    def replaced(self) -> list[str]:
        """The names of what is not ours: functions of the rules and classes, in their order."""
        rules = [name for name in Rules._fields if getattr(self.rules, name) is not getattr(RULES, name)]
        return rules + [name for name in self._fields[1:] if getattr(self, name) is not getattr(OURS, name)]


OURS = Machinery()
"""Our own systems, as policy.md has them."""
