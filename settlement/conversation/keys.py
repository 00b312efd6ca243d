"""Names of the Redis keys of a conversation, and how long they live."""

from __future__ import annotations

READY = "inbox:ready"
"""Set of the conversations that have something unanswered."""

NEWS = "outbox:news"
"""Publish/subscribe channel: a conversation whose outbox grew. A hint only; the stream is the truth."""

UPLOADS = "uploads"
"""Sorted set of the pictures that customers sent, by the moment of their arrival."""

KEEP_SECONDS = 90 * 86_400
"""A result may arrive long after the submission, so a conversation outlives its login by far (R-063)."""

SEEN_SECONDS = 86_400
"""How long a client's message id is remembered; a page gives up resending much earlier."""


def inbox(conversation: str) -> str:
    """List of unanswered entries, oldest first."""
    return f"inbox:{conversation}"


def seen(conversation: str, cid: str) -> str:
    """Mark that the message ``cid`` was taken."""
    return f"inbox:seen:{conversation}:{cid}"


def lock(conversation: str) -> str:
    """Held by the process that answers this conversation."""
    return f"inbox:lock:{conversation}"


def outbox(conversation: str) -> str:
    """Stream of what the customer sees."""
    return f"outbox:{conversation}"


def private(conversation: str) -> str:
    """Outbox position up to which only a logged-in customer may read (R-092)."""
    return f"outbox:private:{conversation}"


def buttons(conversation: str) -> str:
    """Hash of the buttons that count now: id → payload and title."""
    return f"buttons:{conversation}"


def upload(file_id: str) -> str:
    """JSON that says whose photo a file is."""
    return f"upload:{file_id}"
