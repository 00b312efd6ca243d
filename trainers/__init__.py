"""Trainers' tools: check, report, talk, release, and what the console's review page saves."""
