"""``python -m trainers COMMAND``: what ``./run`` calls for trainers, in the application's environment."""

from __future__ import annotations

import sys

from deploy.environments import ROOT
from trainers import checking


def main(words: list[str]) -> int:
    """Run one command; its exit status."""
    name = words[0]
    if name == "check":
        return checking.run(ROOT)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
