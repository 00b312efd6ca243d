"""``./run report``: how good a model is, what it confuses, and what changed against the last one."""
