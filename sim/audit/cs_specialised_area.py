"""cs-specialised-area: a customer serviced by a specialised area is contacted only after checking that area's
instructions.

A case is a work item in which such a customer is contacted: by a call attempt, an issued desktop message or a letter
("any contact" [read]). Wanted before the first contact of the item: AREA_INSTRUCTIONS_CHECKED on it. The area is the
one on record at that contact; the areas are policy data. A contact that names no work item, or whose item began
before the log, is unjudged when no check is found. Calls and letters about Centrelink work (Integrated Service
Officers) are not Child Support's and do not count. Checking without contact breaks nothing.
"""

from sim.audit.codes import AREAS, PROCESS_KINDS, Event
from sim.audit.log import Log
from sim.audit.procedure_cases import ITEM_BEGAN_EARLIER, NO_ITEM, ZONE, codes, prepare, steps_known, zone_join
from sim.audit.verdicts import RuleAudit, Tally

RULE = "cs-specialised-area"
ENFORCED_BY = "procedure"
CLAUSE = "EM, Check for family and domestic violence (FDV) (specialised areas)"

_HOW = {Event.CALL_ATTEMPTED: "called", Event.SEND_PRESSED: "sent an SMS", Event.LETTER_SENT: "sent a letter"}


def audit(log: Log) -> RuleAudit:
    """Judge the rule on the first contact of every work item."""
    tally = Tally(log, RULE, ENFORCED_BY)
    if not steps_known(log, tally):
        return tally.close()
    prepare(log)
    areas = {
        AREAS[name]: name.replace("_", " ").title().replace(" Of ", " of ")
        for name in log.value("cs-specialised-area.areas")
    }
    for contact in log.records(_contacts_sql(sorted(areas))):
        if contact["checked"]:
            tally.judged(contact["run_id"])
        elif contact["ref"] and contact["item_in_log"]:
            tally.judged(contact["run_id"])
            tally.breach(
                contact["customer"],
                [contact["message"]] if contact["message"] else [],
                f"Customer {contact['customer']} was {_HOW[contact['event']]} on {contact['local']} (local) before the "
                f"instructions of {areas[contact['area']]} were checked.",
                contact["time"],
                [contact["seq"]],
                contact["run_id"],
            )
        else:
            tally.leave(contact["run_id"], 1, ITEM_BEGAN_EARLIER if contact["ref"] else NO_ITEM)
    return tally.close()


def _contacts_sql(areas: list[int]) -> str:
    """The first contact of each work item with a customer of `areas`, and every contact that names no item."""
    wanted = ", ".join(map(str, areas)) or "NULL"
    work = codes((Event.WORK_ARRIVED, Event.WORK_STARTED))
    return f"""
        WITH contacts AS (
            SELECT run_id, customer, ref, message, event, time, seq FROM events
            ANTI JOIN (
                SELECT run_id, ref FROM events
                WHERE event IN ({work}) AND ref > 0 AND value = {PROCESS_KINDS["integrated"]}
            ) AS centrelink USING (run_id, ref)
            WHERE event IN ({Event.CALL_ATTEMPTED}, {Event.LETTER_SENT})
            UNION ALL
            SELECT run_id, customer, ref, message, {Event.SEND_PRESSED}, pressed_ms, pressed_seq FROM desktop_cases
        ), firsts AS (
            SELECT * FROM contacts
            QUALIFY ref = 0 OR row_number() OVER (PARTITION BY run_id, ref, customer ORDER BY time, seq) = 1
        ), areas AS (
            SELECT run_id, CAST(customer_id AS BIGINT) AS customer, from_ms, value AS area FROM facts
            WHERE fact = 'area'
        ), at_contact AS (
            SELECT firsts.*, areas.area FROM firsts ASOF JOIN areas ON firsts.run_id = areas.run_id
                AND firsts.customer = areas.customer AND firsts.time >= areas.from_ms
            WHERE areas.area IN ({wanted})
        )
        SELECT c.run_id, c.customer, c.ref, c.message, c.event, c.time, c.seq, c.area,
            local_text(c.time, {ZONE}) AS local,
            EXISTS (
                FROM events AS s WHERE s.event = {Event.AREA_INSTRUCTIONS_CHECKED} AND s.run_id = c.run_id
                    AND s.ref = c.ref AND c.ref > 0 AND s.customer IN (0, c.customer)
                    AND (s.time, s.seq) < (c.time, c.seq)
            ) AS checked,
            EXISTS (
                FROM events AS w WHERE w.event IN ({work}) AND w.run_id = c.run_id AND w.ref = c.ref
            ) AS item_in_log
        FROM at_contact AS c
        {zone_join("c", "c.time")}
        ORDER BY c.run_id, c.time, c.seq
    """
