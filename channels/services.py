"""The parts of the core that the gateway needs, made once a process."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import TypeAlias

from redis.asyncio import Redis
from redis.exceptions import RedisError
from sanic import Sanic
from sanic.config import Config

from channels.delivery import Delivery
from channels.intake import Intake
from channels.messenger.desk import Desk, Parts
from channels.messenger.texts import texts
from channels.news import News
from channels.photos import Photos
from channels.rasa import Rasa
from channels.turns import Turns
from channels.wechat.channel import Wechat
from channels.wechat.settings import WechatSettings
from channels.wecom.channel import Wecom
from channels.wecom.settings import WecomSettings
from channels.wording import Wording
from settlement.brokers.registry import Brokers
from settlement.cases.service import Cases
from settlement.conversation.buttons import Buttons
from settlement.conversation.inbox import Inbox
from settlement.conversation.outbox import Outbox
from settlement.conversation.uploads import Uploads
from settlement.database import Database
from settlement.errors import OperatorError
from settlement.ports.registry import Ports, ports
from settlement.redis import connect
from settlement.security.captcha import Captchas
from settlement.security.columns import use_keyring
from settlement.security.keys import Keyring
from settlement.security.limits import Limits
from settlement.security.origins import Origins
from settlement.security.sessions import Sessions
from settlement.security.vault import Tokeniser, Vault
from settlement.settings import ROOT, Settings

App: TypeAlias = Sanic[Config, SimpleNamespace]


@dataclass(frozen=True)
class Services:
    """Everything a request handler may call."""

    settings: Settings
    redis: Redis
    keyring: Keyring
    database: Database
    sessions: Sessions
    origins: Origins
    captchas: Captchas
    limits: Limits
    brokers: Brokers
    cases: Cases
    ports: Ports
    inbox: Inbox
    uploads: Uploads
    intake: Intake
    delivery: Delivery
    news: News
    rasa: Rasa
    turns: Turns
    wording: Wording
    photos: Photos
    wechat: Wechat | None
    wecom: Wecom | None

    @property
    def desks(self) -> list[Desk]:
        """The chat platforms that are configured."""
        return [channel.desk for channel in (self.wechat, self.wecom) if channel]

    @classmethod
    async def start(cls, settings: Settings) -> Services:
        """Connect to everything; raises ``OperatorError`` when a part is missing."""
        wording = Wording(ROOT / "domain.yml")
        keyring = Keyring.load(settings)
        use_keyring(keyring)
        redis = connect(settings)
        try:
            await redis.ping()
        except RedisError as error:
            raise OperatorError(f"Redis does not answer at REDIS_URL ({type(error).__name__})") from error
        database = Database(settings.database_url)
        brokers = Brokers(settings)
        sessions = Sessions(redis, settings.login_idle_seconds)
        vault = Vault(redis, keyring)
        inbox, buttons, uploads = Inbox(redis), Buttons(redis), Uploads(redis)
        rasa = Rasa(settings.rasa_url, settings.rasa_token)
        captchas, limits, news = Captchas(redis), Limits(redis), News(redis)
        doors = ports(settings, redis, keyring)
        intake = Intake(vault, Tokeniser(vault), buttons, uploads)
        delivery = Delivery(Outbox(redis), buttons, vault)
        turns, photos = Turns(inbox, buttons, sessions, rasa, wording), Photos(doors.objects, uploads)
        parts = Parts(
            redis=redis, keyring=keyring, sessions=sessions, captchas=captchas, limits=limits, inbox=inbox,
            intake=intake, delivery=delivery, news=news, photos=photos, turns=turns, wording=wording,
            texts=texts(),
        )  # fmt: skip
        return cls(
            settings=settings,
            redis=redis,
            keyring=keyring,
            database=database,
            sessions=sessions,
            origins=Origins(redis, keyring),
            captchas=captchas,
            limits=limits,
            brokers=brokers,
            cases=Cases(database, brokers, keyring),
            ports=doors,
            inbox=inbox,
            uploads=uploads,
            intake=intake,
            delivery=delivery,
            news=news,
            rasa=rasa,
            turns=turns,
            wording=wording,
            photos=photos,
            wechat=Wechat.open(WechatSettings(), parts, production=settings.production),
            wecom=Wecom.open(WecomSettings(), parts, production=settings.production),
        )

    async def stop(self) -> None:
        """Let turns go, then close what ``start`` opened."""
        await self.turns.stop()
        for desk in self.desks:
            await desk.stop()
        await self.rasa.close()
        await self.ports.close()
        await self.database.close()
        await self.redis.aclose()
