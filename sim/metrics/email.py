"""Email through the Email Exchange (`cs-email`)."""

from sim.metrics.measures import Facts, Measures, share


def measure(found: Measures, facts: Facts) -> None:
    """All metrics of this module."""
    emails = facts.messages[(facts.messages["channel"] == "email") & facts.messages["sent_at"].notna()]
    bounced = int(emails["bounced_at"].notna().sum())
    found.counts("emails", emails["template"])
    found.put("email_delivered_share", share(int(emails["delivered_at"].notna().sum()), len(emails)))
    found.put("email_bounces", bounced)
    found.put("email_bounce_rate", share(bounced, len(emails)))
