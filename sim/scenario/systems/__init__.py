"""The system under test: its protocol as models, the ways to plug one in, and what is done when it does not answer."""
