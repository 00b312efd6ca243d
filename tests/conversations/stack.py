"""The whole assistant for a test run: every process real, in a state folder of its own."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import signal
import sqlite3
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import redis
import yaml
from sqlalchemy import select

from deploy.environments import ROOT
from deploy.services import PORTS, Assistant, free_port
from deploy.training import ensure_model
from settlement.brokers import qr
from settlement.brokers.registry import Brokers
from settlement.cases.inputs import Owner
from settlement.cases.models import Customer
from settlement.cases.service import Cases
from settlement.clock import BEIJING
from settlement.database import Database
from settlement.security.columns import use_keyring
from settlement.security.keys import Keyring
from settlement.settings import Settings
from tests.fixtures.render import jpeg, qr_photo

HERE = Path(__file__).parent
READING_SECONDS = 1


class Stack:
    """A running assistant, and what a test may look up behind its doors."""

    def __init__(self, folder: Path, settings: dict[str, str] | None = None, *, replicas: int = 1) -> None:
        # A socket's path may have 108 bytes, and test folders have long names.
        self.state = folder / "s"
        brokers = folder / "brokers"
        shutil.copytree(ROOT / "brokers", brokers)
        for document in brokers.glob("*/documents/*.md"):
            text = document.read_text(encoding="utf-8")
            document.write_text(
                re.sub(r"(?m)^seconds: *\d+", f"seconds: {READING_SECONDS}", text), encoding="utf-8"
            )
        self.brokers = brokers
        self._own_hours: dict[Path, str] = {}
        self.assistant = Assistant(
            state=self.state,
            model=ensure_model(),
            settings={"BROKERS_DIR": str(brokers), **(settings or {})},
            # Not the usual ones: two runs that begin at once would both find them free.
            ports={name: free_port(0) for name in PORTS},
            replicas=replicas,
        )
        self.assistant.prepare()

    def start(self) -> None:
        """Start every process."""
        self.assistant.start()
        self.redis = redis.Redis(unix_socket_path=str(self.state / "redis.sock"))

    def stop(self) -> None:
        """Stop every process."""
        self.assistant.stop()

    @property
    def users(self) -> Path:
        """The console's demonstration users."""
        return self.state / "console-users.txt"

    def forget_limits(self) -> None:
        """A test is quicker than any person; what counts its tries is emptied."""
        for key in self.redis.scan_iter("limit*"):
            self.redis.delete(key)

    def captcha_answer(self, conversation: str, captcha: str) -> str:
        """What the picture says."""
        answer = self.redis.hget(f"captcha:{conversation}:{captcha}", "answer")
        assert isinstance(answer, bytes), "no such captcha"
        return answer.decode()

    def slots(self, conversation: str) -> dict[str, Any]:
        """The tracker's slots, from the store that Rasa itself reads."""
        with sqlite3.connect(self.state / "rasa.db") as store:
            rows = store.execute(
                "SELECT data FROM events WHERE sender_id = ? AND type_name = 'slot' ORDER BY id",
                (conversation,),
            )
            return {event["name"]: event["value"] for event in (json.loads(row[0]) for row in rows)}

    def case_state(self, case_no: str) -> str:
        """The state of a case, from the database."""
        with sqlite3.connect(self.state / "cases.db") as database:
            row = database.execute("SELECT state FROM cases WHERE case_no = ?", (case_no,)).fetchone()
            assert row, f"no case {case_no}"
            return str(row[0])

    def wait_for_state(self, case_no: str, state: str, seconds: float = 20.0) -> None:
        """Staff and the counter work beside the conversation."""
        end = time.monotonic() + seconds
        while (now := self.case_state(case_no)) != state:
            assert time.monotonic() < end, f"{case_no} is {now}, not {state}"
            time.sleep(0.2)

    def end_login(self, conversation: str) -> None:
        """As if the customer had not been heard of for an hour."""
        self.redis.hset(f"session:{conversation}", "active", str(time.time() - 3600))

    def set_hours(self, broker: str, *, is_open: bool) -> None:
        """Applications are accepted around the clock, or in one minute that is half a day away."""
        path = self.brokers / broker / "hours.yml"
        self._own_hours.setdefault(path, path.read_text(encoding="utf-8"))
        # As strings throughout: to YAML, 17:00 is a number.
        written = yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)
        start = datetime.now(BEIJING) + timedelta(hours=12)
        window = (
            ("00:00", "24:00") if is_open else (f"{start:%H:%M}", f"{start + timedelta(minutes=1):%H:%M}")
        )
        written["acceptance"] = [{"days": "每天", "from": window[0], "to": window[1]}]
        path.write_text(yaml.safe_dump(written, allow_unicode=True), encoding="utf-8")

    def company_code(self, broker: str = "0127") -> Path:
        """The company's QR code as a picture, as the console gives it to staff."""
        picture = self.state / f"qr-{broker}.jpg"
        if not picture.exists():
            settings = Settings(state_dir=self.state, brokers_dir=self.brokers)
            token = Brokers(settings).get(broker).qr_token
            content = qr.issue(broker, Keyring.load(settings), token)
            picture.write_bytes(jpeg(qr_photo(content)))
        return picture

    def give_up_unfinished(self, person: str) -> None:
        """A person of an earlier conversation comes with a clean table; companies keep their own hours."""
        for path, written in self._own_hours.items():
            path.write_text(written, encoding="utf-8")
        asyncio.run(self._give_up(person))

    async def _give_up(self, person: str) -> None:
        settings = Settings(state_dir=self.state, brokers_dir=self.brokers)
        keyring = Keyring.load(settings)
        use_keyring(keyring)
        database = Database(settings.database_url)
        cases = Cases(database, Brokers(settings), keyring)
        async with database.reading() as session:
            everybody = list(await session.scalars(select(Customer)))
        for customer in everybody:
            if customer.name == person:
                owner = Owner(broker=customer.broker, customer=customer.id)
                for case in (await cases.list(owner))[0]:
                    await cases.abandon(owner, case.case_no)
        await database.close()

    def restart(self) -> None:
        """Kill every process outright, as a power cut would, and start them again."""
        for service in self.assistant.services.values():
            service.signal(signal.SIGKILL)
            if service.process is not None:
                service.process.wait()
        (self.state / "redis.sock").unlink(missing_ok=True)
        self.start()


def load(path: Path) -> Any:
    """A YAML file of this folder."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))
