"""The vault: personal values of a conversation, sealed in Redis for a while, behind opaque tokens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from redis.asyncio import Redis

from settlement.errors import CustomerError
from settlement.security import tokens
from settlement.security.keys import Keyring, UnsealError
from settlement.security.masks import NOTHING, mask
from settlement.security.tokeniser import Tokeniser
from settlement.security.tokens import Kind, Token, tokens_in

__all__ = ["Kind", "Tokeniser", "Vault", "tokens_in"]

T = TypeVar("T")
DAY = 24 * 60 * 60


class Vault:
    """Keeps values for ``ttl_seconds``; a token opens in the conversation that it was made in alone.

    Conversation, kind and the permission to show in full are authenticated with the value: a token whose
    kind or ``:full`` mark was changed does not open.
    """

    def __init__(self, redis: Redis, keyring: Keyring, *, ttl_seconds: int = DAY) -> None:
        self._redis = redis
        self._keyring = keyring
        self._ttl = ttl_seconds

    async def put(self, conversation: str, kind: Kind, value: str, *, full: bool = False) -> str:
        """Keep ``value`` and return its token; ``full`` lets it be delivered unmasked."""
        token = tokens.new(kind, full=full)
        sealed = self._keyring.seal(value.encode(), _context(conversation, token))
        await self._redis.set(_key(conversation, token), sealed, ex=self._ttl)
        return str(token)

    async def open(self, conversation: str, token: str) -> str:
        """The value; CustomerError ``value_expired`` when it is gone, or was never this conversation's."""
        match = tokens.PATTERN.fullmatch(token.strip())
        value = (await self._values(conversation, {match[0]})).get(match[0]) if match else None
        if value is None:
            raise CustomerError("value_expired")
        return value

    async def knows(self, conversation: str, found: set[str]) -> set[str]:
        """Those of ``found`` that open in this conversation."""
        return set(await self._values(conversation, found))

    async def reveal(self, conversation: str, payload: T) -> T:
        """``payload`` (text, list, dict, nested) with each token replaced by its masked or full value.

        To be called at the moment of delivery to the customer's own channel and nowhere else. A token that
        does not open becomes ``＊＊＊``. Keys of a dict are left as they are.
        """
        found: set[str] = set()

        def collect(text: str) -> str:
            found.update(tokens_in(text))
            return text

        _walk(payload, collect)
        if not found:
            return payload
        values = await self._values(conversation, found)
        return cast(
            T, _walk(payload, lambda text: tokens.PATTERN.sub(lambda match: _shown(match[0], values), text))
        )

    async def forget(self, conversation: str, token: str) -> None:
        """Drop a value before its time, such as a one-time code that was used."""
        match = tokens.PATTERN.fullmatch(token.strip())
        if match:
            await self._redis.delete(_key(conversation, tokens.read(match)))

    async def remember(self, conversation: str, note: str, seconds: int) -> None:
        """Keep a note on the conversation, sealed like a value; an empty one removes it."""
        if not note:
            await self._redis.delete(_note(conversation))
            return
        sealed = self._keyring.seal(note.encode(), _note(conversation))
        await self._redis.set(_note(conversation), sealed, ex=seconds)

    async def remembered(self, conversation: str) -> str:
        """The note, or nothing."""
        sealed = await self._redis.get(_note(conversation))
        try:
            return self._keyring.unseal(cast(bytes, sealed), _note(conversation)).decode() if sealed else ""
        except UnsealError:
            return ""  # sealed with a key that was retired since

    async def _values(self, conversation: str, found: set[str]) -> dict[str, str]:
        parsed = [tokens.read(match) for text in found if (match := tokens.PATTERN.fullmatch(text))]
        if not parsed:
            return {}
        kept = await self._redis.mget([_key(conversation, token) for token in parsed])
        values = {}
        for token, sealed in zip(parsed, kept, strict=True):
            if sealed is None:
                continue
            try:
                values[str(token)] = self._keyring.unseal(
                    cast(bytes, sealed), _context(conversation, token)
                ).decode()
            except UnsealError:
                continue  # a changed token, or a key that was retired: the value is gone for us
        return values


def _key(conversation: str, token: Token) -> str:
    return f"vault:{conversation}:{token.id}"


def _note(conversation: str) -> str:
    return f"vault:{conversation}:note"


def _context(conversation: str, token: Token) -> str:
    return f"vault:{conversation}:{token}"


def _shown(text: str, values: dict[str, str]) -> str:
    match = tokens.PATTERN.fullmatch(text)
    value = values.get(text)
    if match is None or value is None:
        return NOTHING
    token = tokens.read(match)
    return value if token.full else mask(token.kind, value)


def _walk(payload: Any, change: Callable[[str], str]) -> Any:
    if isinstance(payload, str):
        return change(payload)
    if isinstance(payload, list):
        return [_walk(item, change) for item in payload]
    if isinstance(payload, tuple):
        return tuple(_walk(item, change) for item in payload)
    if isinstance(payload, dict):
        return {key: _walk(item, change) for key, item in payload.items()}
    return payload
