"""Replaces personal numbers in what a person typed by vault tokens, before anything else reads the words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from settlement.security import named, numbers, tokens
from settlement.security.pieces import Pieces

if TYPE_CHECKING:
    from settlement.security.vault import Vault

_NEUTRAL = str.maketrans({tokens.OPENING: "[", tokens.CLOSING: "]"})


class Tokeniser:
    """The gateway's edge: no typed number, name or address passes into the dialogue or its logs."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._pieces = Pieces(vault)

    async def of_message(self, conversation: str, text: str, *, code_awaited: bool) -> str:
        """``tokenise`` for one message of a chat, in which a number may come in pieces (``pieces``)."""
        tokenised = await self.tokenise(conversation, text, code_awaited=code_awaited)
        return await self._pieces.put_together(conversation, text, tokenised)

    async def tokenise(self, conversation: str, text: str, *, code_awaited: bool) -> str:
        """``text`` with tokens for ID numbers, card numbers, phones, one-time codes when awaited, and for
        names and addresses that are said to be such.

        Numbers are kept normalised: half-width digits without separators, a final ``X`` in upper case. A
        token of this conversation is left alone; any other bracket was typed by a person and is replaced.
        """
        known = await self._vault.knows(conversation, set(tokens.tokens_in(text)))
        parts: list[str] = []
        last = 0
        for match in tokens.PATTERN.finditer(text):
            if match[0] in known:
                parts += [await self._plain(conversation, text[last : match.start()], code_awaited), match[0]]
                last = match.end()
        parts.append(await self._plain(conversation, text[last:], code_awaited))
        return "".join(parts)

    async def _plain(self, conversation: str, text: str, code_awaited: bool) -> str:
        text = text.translate(_NEUTRAL)
        parts: list[str] = []
        last = 0
        for span in named.find(text):
            parts += [
                await self._numbers(conversation, text[last : span.start], code_awaited),
                await self._vault.put(conversation, span.kind, span.value),
            ]
            last = span.end
        return "".join([*parts, await self._numbers(conversation, text[last:], code_awaited)])

    async def _numbers(self, conversation: str, text: str, code_awaited: bool) -> str:
        parts: list[str] = []
        last = 0
        for span in numbers.find(text, code_awaited=code_awaited):
            parts += [text[last : span.start], await self._vault.put(conversation, span.kind, span.value)]
            last = span.end
        return "".join([*parts, text[last:]])
