"""Which implementation the settings give; production takes no stand-in."""

from __future__ import annotations

from pathlib import Path

import pytest
from redis.asyncio import Redis

from settlement.errors import OperatorError
from settlement.ports.counter import HttpCounter
from settlement.ports.counter_local import LocalCounter
from settlement.ports.objects import LocalObjects
from settlement.ports.registry import ports
from settlement.ports.sms import HttpSms, LocalSms
from settlement.security.keys import Keyring
from settlement.settings import Settings

REAL = {
    "sms": "http",
    "sms_url": "https://sms.example",
    "sms_token": "t",
    "counter": "http",
    "counter_url": "https://counter.example",
    "counter_token": "t",
}


def test_the_embedded_run_has_stand_ins(settings: Settings, keyring: Keyring) -> None:
    chosen = ports(settings, Redis(), keyring)
    assert isinstance(chosen.sms, LocalSms)
    assert isinstance(chosen.counter, LocalCounter)
    assert isinstance(chosen.objects, LocalObjects)


async def test_addresses_and_tokens_give_the_real_ones(tmp_path: Path, keyring: Keyring) -> None:
    chosen = ports(Settings.model_validate({"state_dir": tmp_path, **REAL}), Redis(), keyring)
    assert isinstance(chosen.sms, HttpSms)
    assert isinstance(chosen.counter, HttpCounter)
    await chosen.close()


@pytest.mark.parametrize(
    ("changed", "named"), [({"sms": "local"}, "SMS"), ({"counter": "local"}, "COUNTER"), ({}, "OBJECTS")]
)
def test_production_refuses_each_stand_in_by_name(
    tmp_path: Path, keyring: Keyring, changed: dict[str, str], named: str
) -> None:
    given = {"environment": "production", "state_dir": tmp_path, **REAL, **changed}
    production = Settings.model_validate(given)
    with pytest.raises(OperatorError, match=f"{named}=local"):
        ports(production, Redis(), keyring)


def test_an_s3_store_needs_its_address(tmp_path: Path, keyring: Keyring) -> None:
    with pytest.raises(OperatorError, match="S3_ENDPOINT"):
        ports(Settings(state_dir=tmp_path, objects="s3"), Redis(), keyring)
