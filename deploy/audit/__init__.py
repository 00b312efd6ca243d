"""``./run audit``: is a weakness known in what the lock files pin? Standard library only."""
