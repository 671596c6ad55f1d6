"""Experiments: many runs of one load under different settings, and what can honestly be said of their differences."""
