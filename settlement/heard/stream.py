"""Where turns are noted: one short write to a Redis stream, so that a turn waits for no database."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import structlog
from pydantic import BaseModel
from redis.asyncio import Redis
from redis.exceptions import RedisError

from settlement.security.keys import Keyring

log = structlog.get_logger(__name__)

STREAM = "heard"
LONGEST = 100_000
# “我叫张三”, “姓名应该是张三”: numbers are tokens by now, names in the middle of a sentence are not.
_NAMED = re.compile(
    r"((?:我叫|我是叫|名字|姓名|户名)(?:应该|就)?(?:是|叫|为|改成|:|：)?)[\u4e00-\u9fff·]{2,4}"
)
_TOKEN = re.compile(r"⟦([a-z_]+):[a-z2-7]{12}(?::full)?⟧")
# At these steps customers type names and addresses; their words are not kept.
PERSONAL_STEPS = frozenset({"identity"})


class Note(BaseModel):
    """What one action knows of a turn; notes of one ``message`` are put together by the collector."""

    conversation: str
    message: str
    at: datetime
    broker: str = ""
    step: str = ""
    asked: str = ""
    kind: str
    text: str = ""
    intent: str = ""
    confidence: float = 0.0
    second: str = ""
    second_confidence: float = 0.0
    answer: str = ""
    answer_confidence: float = 0.0
    said: list[str] = []
    outcome: str = ""


class Hearing:
    """Notes turns. A note that cannot be written is lost; the customer's turn is not."""

    def __init__(self, redis: Redis, keyring: Keyring) -> None:
        self._redis = redis
        self._keyring = keyring

    def pseudonym(self, conversation: str) -> str:
        """A name for a conversation that leads nobody back to it."""
        return self._keyring.digest(conversation, "heard.conversation")[:32]

    async def note(self, note: Note) -> None:
        """Append one note; ``note.conversation`` is the real one, and does not leave this function."""
        kept = note.model_copy(
            update={"conversation": self.pseudonym(note.conversation), "text": bare(note.text, note.step)}
        )
        try:
            await self._redis.xadd(STREAM, {"note": kept.model_dump_json()}, maxlen=LONGEST, approximate=True)
        except RedisError as error:
            log.warning("turn_not_noted", error=type(error).__name__)


def bare(text: str, step: str) -> str:
    """A sentence without tokens and without names that are told as such; nothing at a personal step."""
    if step in PERSONAL_STEPS:
        return ""
    return _NAMED.sub(r"\1某某", _TOKEN.sub(r"〔\1〕", text))[:300]


def meaning_of(message: dict[str, Any]) -> dict[str, Any]:
    """The model's opinion of a message, from Rasa's ``latest_message``."""
    intent = message.get("intent") or {}
    name = str(intent.get("name") or "")
    others = [one for one in message.get("intent_ranking") or [] if one.get("name") != name]
    second = others[0] if others else {}
    chosen: dict[str, Any] = {}
    selector = message.get("response_selector") or {}
    if name in (selector.get("all_retrieval_intents") or []):
        chosen = (selector.get(name) or {}).get("response") or {}
    return {
        "intent": name,
        "confidence": float(intent.get("confidence") or 0),
        "second": str(second.get("name") or ""),
        "second_confidence": float(second.get("confidence") or 0),
        "answer": str(chosen.get("intent_response_key") or ""),
        "answer_confidence": float(chosen.get("confidence") or 0),
    }
