"""A number that somebody sends in pieces: two or three messages of digits, one after the other.

A piece of seven digits or more is hidden by itself, for the first ones of an ID number tell a birthday. When
the pieces together have the form of a number, the last message becomes the token of the whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from settlement.security import numbers, tokens
from settlement.security.forms import form_of
from settlement.security.tokens import Kind

if TYPE_CHECKING:
    from settlement.security.vault import Vault

LEAST_HIDDEN = 7
LEAST_KEPT, MOST_KEPT = 2, 17  # what is longer has a form of its own, or is no piece
MOST_PIECES = 2  # before the last one
SECONDS = 180


class Pieces:
    """Remembers the digits that a conversation's last messages consisted of, sealed, for three minutes."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def put_together(self, conversation: str, text: str, tokenised: str) -> str:
        """``tokenised``, or what stands for ``text`` when it is a piece, or the last piece, of a number."""
        digits = numbers.bare(text)
        if digits is None or tokens.tokens_in(tokenised, Kind.CODE):
            await self._vault.remember(conversation, "", SECONDS)
            return tokenised
        before = (await self._vault.remembered(conversation)).split()
        if not form_of(digits):
            for first in range(len(before)):
                whole = "".join([*before[first:], digits])
                if kind := form_of(whole):
                    await self._vault.remember(conversation, "", SECONDS)
                    return await self._vault.put(conversation, kind, whole)
            if LEAST_KEPT <= len(digits) <= MOST_KEPT:
                before = [*before, digits][-MOST_PIECES:]
                await self._vault.remember(conversation, " ".join(before), SECONDS)
        if len(digits) < LEAST_HIDDEN or tokens.tokens_in(tokenised) or numbers.is_harmless(text):
            return tokenised
        return await self._vault.put(conversation, Kind.ACCOUNT, digits)
