"""Replaces personal numbers in what a person typed by vault tokens, before anything else reads the words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from settlement.security import tokens
from settlement.security.numbers import find

if TYPE_CHECKING:
    from settlement.security.vault import Vault

_NEUTRAL = str.maketrans({tokens.OPENING: "[", tokens.CLOSING: "]"})


class Tokeniser:
    """The gateway's edge: no typed number passes into the dialogue, its store or its logs."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def tokenise(self, conversation: str, text: str, *, code_awaited: bool) -> str:
        """``text`` with ID numbers, card numbers, phones and (when awaited) one-time codes as tokens.

        Values are kept normalised: half-width digits without separators, a final ``X`` in upper case. A token
        of this conversation is left alone; any other ``⟦`` or ``⟧`` was typed by a person and is replaced.
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
        for span in find(text, code_awaited=code_awaited):
            parts += [text[last : span.start], await self._vault.put(conversation, span.kind, span.value)]
            last = span.end
        return "".join([*parts, text[last:]])
