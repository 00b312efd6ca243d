"""Chooses the implementation of each port from the settings."""

from __future__ import annotations

from dataclasses import dataclass

from pyhanko.sign.timestamps import TimeStamper
from redis.asyncio import Redis

from settlement.errors import OperatorError
from settlement.ports.ca import CertificateAuthority, HttpCa
from settlement.ports.ca_local import LocalCa
from settlement.ports.counter import Counter, HttpCounter
from settlement.ports.counter_local import LocalCounter
from settlement.ports.http import JsonClient
from settlement.ports.objects import LocalObjects, ObjectStore
from settlement.ports.objects_s3 import S3Objects
from settlement.ports.sms import HttpSms, LocalSms, SmsSender
from settlement.ports.tsa import LocalTimestamps, http_timestamps
from settlement.security.keys import Keyring
from settlement.settings import Settings


@dataclass(frozen=True)
class Ports:
    """The ports of this process. Without a ``timestamper`` papers carry the time that this machine says."""

    sms: SmsSender
    counter: Counter
    objects: ObjectStore
    authority: CertificateAuthority
    timestamper: TimeStamper | None

    async def close(self) -> None:
        """Close what holds connections."""
        await self.sms.close()
        await self.counter.close()
        await self.authority.close()


def ports(settings: Settings, redis: Redis, keyring: Keyring) -> Ports:
    """The ports that ``settings`` ask for; ``OperatorError`` when production asks for a stand-in."""
    return Ports(
        sms=_sms(settings, redis, keyring),
        counter=_counter(settings, keyring),
        objects=_objects(settings, keyring),
        authority=_authority(settings, keyring),
        timestamper=_timestamper(settings, keyring),
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


def local_ca(settings: Settings, keyring: Keyring) -> LocalCa:
    """The embedded run's own authority."""
    return LocalCa(settings.state_dir / "ca", keyring)


def _authority(settings: Settings, keyring: Keyring) -> CertificateAuthority:
    if settings.ca == "local":
        _refuse_production(settings, "CA")
        return local_ca(settings, keyring)
    return HttpCa(JsonClient("CA", settings.ca_url, settings.ca_token, production=settings.production))


def _timestamper(settings: Settings, keyring: Keyring) -> TimeStamper | None:
    if settings.tsa == "local":
        _refuse_production(settings, "TSA")
        return LocalTimestamps(local_ca(settings, keyring))
    return http_timestamps(settings.tsa_url) if settings.tsa == "http" else None


def _refuse_production(settings: Settings, name: str) -> None:
    if settings.production:
        raise OperatorError(f"{name}=local is a stand-in and refuses ENVIRONMENT=production")
