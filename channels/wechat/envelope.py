"""Opens what the platform posts, checks that it is genuine and fresh, and seals the passive reply."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Mapping

from redis.asyncio import Redis

from channels.wechat import xml
from channels.wechat.crypto import Crypto, NotGenuineError, check_signature
from channels.wechat.settings import WechatSettings

FRESH_SECONDS = 300
MOST_DIGITS = 30


class Envelope:
    """One account's callback, in safe or in plain mode."""

    def __init__(self, settings: WechatSettings, redis: Redis) -> None:
        self._settings = settings
        self._redis = redis
        self._crypto = (
            Crypto(settings.token, settings.aes_key, settings.appid) if settings.mode == "safe" else None
        )

    def echo(self, query: Mapping[str, str]) -> str:
        """The answer to the platform's check of the address. Raises ``NotGenuineError``."""
        check_fresh(query.get("timestamp", ""))
        check_signature(
            query.get("signature", ""),
            self._settings.token,
            query.get("timestamp", ""),
            query.get("nonce", ""),
        )
        return query.get("echostr", "")

    async def open(self, query: Mapping[str, str], body: bytes) -> dict[str, str]:
        """The message's fields. Raises ``NotGenuineError``: wrong, stale, malformed, used again."""
        check_fresh(query.get("timestamp", ""))
        fields = xml.read(body)
        timestamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
        if self._crypto is None:
            signature = query.get("signature", "")
            check_signature(signature, self._settings.token, timestamp, nonce)
        else:
            signature = query.get("msg_signature", "")
            fields = xml.read(self._crypto.decrypt(signature, timestamp, nonce, fields.get("Encrypt", "")))
        await self._used_once(signature, identity(fields))
        return fields

    async def _used_once(self, signature: str, message: str) -> None:
        """A signature stands for one message: a repeated delivery passes, another body under it does not."""
        key = f"messenger:signature:wechat:{signature}"
        first = await self._redis.set(key, message, nx=True, ex=2 * FRESH_SECONDS)
        if not first and await self._redis.get(key) != message.encode():
            raise NotGenuineError("signature used again")

    def reply(self, message: Mapping[str, str], text: str) -> str:
        """A passive text reply to ``message``."""
        plain = xml.write(
            {
                "ToUserName": message["FromUserName"],
                "FromUserName": message["ToUserName"],
                "CreateTime": int(time.time()),
                "MsgType": "text",
                "Content": text,
            }
        )
        if self._crypto is None:
            return plain
        sealed = self._crypto.encrypt(plain.encode(), str(int(time.time())), secrets.token_hex(8))
        return xml.write(
            {
                "Encrypt": sealed.encrypt,
                "MsgSignature": sealed.signature,
                "TimeStamp": int(sealed.timestamp),
                "Nonce": sealed.nonce,
            }
        )


def check_fresh(timestamp: str) -> None:
    """Raises ``NotGenuineError`` for what is no time, or not the present one."""
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        raise NotGenuineError("timestamp")
    if abs(time.time() - int(timestamp)) > FRESH_SECONDS:
        raise NotGenuineError("stale")


def identity(fields: Mapping[str, str]) -> str:
    """What is the same in every repetition of a message: MsgId, for events sender, time and kind."""
    name = fields.get("MsgId", "")
    if name.isascii() and name.isdigit() and len(name) <= MOST_DIGITS:
        return name
    parts = ("FromUserName", "CreateTime", "Event", "EventKey")
    said = "|".join(fields.get(part, "") for part in parts)
    # A hash: the sender's id is personal, and this is kept.
    return hashlib.sha256(said.encode()).hexdigest()[:30]
