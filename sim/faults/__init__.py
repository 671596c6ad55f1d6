"""Planted faults held against the scenarios and the audit: who notices, and who does not."""
