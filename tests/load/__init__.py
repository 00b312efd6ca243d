"""How the assistant bears its customers, as ratios (docs/speed.md): ``python -m tests.load --help``."""
