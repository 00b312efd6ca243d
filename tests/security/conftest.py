"""A gateway to be attacked, before a played Rasa: the same as the gateway's own tests have."""

from __future__ import annotations

from tests.channels.conftest import (
    chosen,
    customer,
    gateway,
    keyring,
    newcomer,
    of_case,
    rasa,
    rasa_server,
    redis,
    redis_now,
)

__all__ = [
    "chosen",
    "customer",
    "gateway",
    "keyring",
    "newcomer",
    "of_case",
    "rasa",
    "rasa_server",
    "redis",
    "redis_now",
]
