"""The systems that an officer works with, as timed state machines, and the people they name. All of it is invented."""
