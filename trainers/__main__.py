"""``python -m trainers COMMAND``: what ``./run`` calls for trainers, in the application's environment."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

from deploy.environments import ROOT
from deploy.progress import SetupError
from trainers import checking, release, talk
from trainers.changes import command as changes
from trainers.report import command as report

COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {
    "check": lambda _: checking.run(ROOT),
    "report": report.run,
    "release": release.release,
    "rollback": release.rollback,
    "talk": talk.run,
    "try": changes.run_try,
    "save": changes.run_save,
}


def main(words: list[str]) -> int:
    """Run one command; its exit status."""
    try:
        return COMMANDS[words[0]](words[1:])
    except SetupError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
