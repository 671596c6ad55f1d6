"""Stored runs that show at a glance when a change of the code changes what happens. Renewed by `tests.golden.renew`."""
