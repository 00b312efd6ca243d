"""What a chat platform can do, and how it fails. Implemented by ``wechat`` and ``wecom``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from channels.messenger.options import Option

MENU_ITEMS, MENU_BYTES = 10, 1000
"""A menu's items, and the words above it, for which the platforms take 1024 bytes."""


class PlatformError(Exception):
    """The platform refused; ``code`` is its errcode, 0 when it did not answer. Holds nothing of a message."""

    def __init__(self, code: int) -> None:
        super().__init__(f"errcode {code}")
        self.code = code


class WindowClosedError(PlatformError):
    """Nothing may be sent to this user until they write again (45015, 45047, 95001 …)."""


class MediaGoneError(PlatformError):
    """The platform no longer has the file, or it is larger than any photo."""


class Platform(Protocol):
    """One account on one platform."""

    name: str
    """Also the channel's name in sessions, and the first part of its Redis keys."""
    prefix: str
    """Begins the ids of messages that came from here."""

    keyed: bool
    """Whether the platform refuses a message whose ``key`` it had before."""

    async def send_text(self, user: str, text: str, key: str) -> None:
        """A text of at most 2048 bytes. Raises ``WindowClosedError`` or ``PlatformError``."""
        ...

    async def send_menu(self, user: str, text: str, options: Sequence[Option], key: str) -> None:
        """A text with options to tap; a tap comes back with the option's id."""
        ...

    async def send_picture(self, user: str, png: bytes, key: str) -> None:
        """A picture."""
        ...

    async def typing(self, user: str) -> None:
        """Show for a while that an answer is being prepared."""
        ...

    async def photo(self, media: str) -> bytes:
        """A photo that a user sent. Raises ``MediaGoneError`` or ``PlatformError``."""
        ...

    async def news(self, user: str, link: str, key: str) -> bool:
        """Tell of a result outside the chat, once per ``key``; False when this account cannot."""
        ...

    async def close(self) -> None:
        """Close connections."""
        ...
