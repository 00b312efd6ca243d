"""Chooses the implementation of each port from the settings."""

from __future__ import annotations

from dataclasses import dataclass

from redis.asyncio import Redis

from settlement.errors import OperatorError
from settlement.ports.counter import Counter, HttpCounter
from settlement.ports.counter_local import LocalCounter
from settlement.ports.http import JsonClient
from settlement.ports.objects import LocalObjects, ObjectStore
from settlement.ports.objects_s3 import S3Objects
from settlement.ports.sms import HttpSms, LocalSms, SmsSender
from settlement.security.keys import Keyring
from settlement.settings import Settings


@dataclass(frozen=True)
class Ports:
    """The three ports of this process."""

    sms: SmsSender
    counter: Counter
    objects: ObjectStore

    async def close(self) -> None:
        """Close what holds connections."""
        await self.sms.close()
        await self.counter.close()


def ports(settings: Settings, redis: Redis, keyring: Keyring) -> Ports:
    """The ports that ``settings`` ask for; ``OperatorError`` when production asks for a stand-in."""
    return Ports(
        sms=_sms(settings, redis, keyring),
        counter=_counter(settings, keyring),
        objects=_objects(settings, keyring),
    )


def _sms(settings: Settings, redis: Redis, keyring: Keyring) -> SmsSender:
    if settings.sms == "local":
        _refuse_production(settings, "SMS")
        return LocalSms(redis, keyring)
    return HttpSms(JsonClient("SMS", settings.sms_url, settings.sms_token, production=settings.production))


def _counter(settings: Settings, keyring: Keyring) -> Counter:
    if settings.counter == "local":
        _refuse_production(settings, "COUNTER")
        return LocalCounter(settings.state_dir / "counter.db", keyring)
    return HttpCounter(
        JsonClient("COUNTER", settings.counter_url, settings.counter_token, production=settings.production)
    )


def _objects(settings: Settings, keyring: Keyring) -> ObjectStore:
    if settings.objects == "local":
        _refuse_production(settings, "OBJECTS")
        return LocalObjects(settings.state_dir / "objects", keyring)
    return S3Objects(settings, keyring)


def _refuse_production(settings: Settings, name: str) -> None:
    if settings.production:
        raise OperatorError(f"{name}=local is a stand-in and refuses ENVIRONMENT=production")
