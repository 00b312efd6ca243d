"""A gateway with an Official Account on the simulated platform; Rasa is played as for the other channels."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from settlement.settings import Settings
from tests.channels.conftest import Gateway, own_stores, running_gateway
from tests.channels.wire import WireRasa
from tests.support.wechat.phone import Phone, WeChat

TEMPLATE = "template-of-results"


@pytest.fixture(scope="module")
def chosen(rasa_server: WireRasa, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Stores of this module's own: a gateway takes up the turns of all, and others know another platform."""
    with own_stores(tmp_path_factory.mktemp("state"), rasa_server) as settings:
        yield settings


@pytest.fixture(scope="module")
def platform() -> Iterator[WeChat]:
    platform = WeChat()
    platform.book.templates[TEMPLATE] = "news"
    yield platform
    platform.stop()


@pytest.fixture(scope="module")
def wechat_gateway(chosen: Settings, platform: WeChat) -> Iterator[Gateway]:
    with running_gateway(chosen, {**platform.environment, "WECHAT_TEMPLATE": TEMPLATE}) as running:
        platform.callback = f"{running.url}/wechat/callback"
        yield running


@pytest.fixture
def wechat(platform: WeChat, wechat_gateway: Gateway, rasa: WireRasa, redis_now: None) -> WeChat:
    """The platform, without what earlier tests asked of it."""
    platform.callback = f"{wechat_gateway.url}/wechat/callback"
    platform.twice = False
    platform.book.faults.clear()
    platform.book.calls.clear()
    return platform


@pytest.fixture
def new_phone(wechat: WeChat) -> Callable[[], Phone]:
    """Makes followers who have not been here before."""
    return lambda: Phone(wechat)


@pytest.fixture
def phone(new_phone: Callable[[], Phone], rasa: WireRasa) -> Phone:
    """A follower who was greeted."""
    phone = new_phone()
    phone.event("subscribe")
    return phone
