"""For trainers: ``python -m settlement.brokers check`` and ``python -m settlement.brokers qr 0127 out.png``.

``check`` ends with status 1 when a folder cannot be used; ``qr`` signs with this installation's keys.
"""

from __future__ import annotations

import argparse
import re
import sys
from datetime import date
from pathlib import Path

from settlement.brokers import qr
from settlement.brokers.folder import COMMON, load, waiting_documents
from settlement.brokers.problems import FolderError, Messages
from settlement.clock import beijing, now
from settlement.errors import OperatorError
from settlement.security.keys import Keyring
from settlement.settings import Settings, settings


def check(directory: Path, today: date, codes: list[str]) -> int:
    """Print what is right and what is to be mended in each folder; the number of unusable folders."""
    say = Messages(directory / COMMON).wording
    folders = [directory / code for code in codes] or [
        folder for folder in sorted(directory.iterdir()) if folder.is_dir() and folder.name != COMMON
    ]
    broken = 0
    for folder in folders:
        if not folder.is_dir() or not re.fullmatch(r"[0-9]{4}", folder.name):
            print(say("no_folder", folder=folder.name))
            broken += 1
            continue
        try:
            broker = load(folder, today)
        except FolderError as error:
            print(say("broken", code=folder.name, count=len(error.problems)))
            print("\n".join(f"  {problem}" for problem in error.problems))
            broken += 1
            continue
        print(
            say(
                "fine",
                code=broker.code,
                name=broker.name,
                version=broker.version,
                banks=len(broker.enabled_banks),
                documents=len(broker.documents),
                status=say("disabled") if broker.status == "disabled" else "",
            )
        )
        for name, day in waiting_documents(folder, today):
            print("  " + say("pending", file=name, day=day))
    return broken


def make_qr(config: Settings, code: str, out: Path, today: date) -> None:
    """Write the company's QR code as a PNG."""
    broker = load(config.brokers_dir / code, today)
    content = qr.issue(broker.code, Keyring.load(config), broker.qr_token)
    out.write_bytes(qr.png(content))
    say = Messages(config.brokers_dir / COMMON).wording
    print(say("qr_done", code=broker.code, name=broker.name, path=out))


def main() -> int:
    """Run a command; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m settlement.brokers")
    commands = parser.add_subparsers(dest="command", required=True)
    checking = commands.add_parser("check", help="check the folders of all companies, or of some")
    checking.add_argument("codes", nargs="*")
    drawing = commands.add_parser("qr", help="draw a company's QR code")
    drawing.add_argument("code")
    drawing.add_argument("out", type=Path)
    asked = parser.parse_args()
    today = beijing(now()).date()
    try:
        if asked.command == "check":
            return 1 if check(settings().brokers_dir, today, asked.codes) else 0
        make_qr(settings(), asked.code, asked.out, today)
    except OperatorError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
