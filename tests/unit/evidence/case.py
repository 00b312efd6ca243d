"""A case that was really signed and submitted, with its evidence."""

from __future__ import annotations

from dataclasses import dataclass

from redis.asyncio import Redis

from settlement.cases.desk_views import Staff
from settlement.cases.evidence import Evidence
from settlement.cases.inputs import Owner, Source
from settlement.cases.service import Cases
from settlement.cases.states import State
from settlement.ports.registry import Ports
from settlement.ports.sms import LocalSms
from settlement.security.origins import Origin
from tests.unit.cases.world import World
from tests.unit.evidence.workshop import PHOTO, Workshop

HOME = Origin(address="203.0.113.77", agent="Mozilla/5.0 (iPhone) <b>Safari</b>")
AT_HOME = Source(channel="widget", conversation="conversation-1", origin=HOME)


@dataclass
class Evident:
    """The world of the cases with a real press in it."""

    world: World
    workshop: Workshop
    owner: Owner

    def __post_init__(self) -> None:
        stamper = self.workshop.press()._timestamper
        ports = Ports(
            sms=LocalSms(Redis(), self.world.keyring), counter=self.world.counter,
            objects=self.world.objects, authority=self.workshop.authority, timestamper=stamper,
        )  # fmt: skip
        press = self.workshop.press()
        press._objects = self.world.objects
        world = self.world
        world.cases = Cases(world.database, world.brokers, world.keyring, press)
        self.evidence = Evidence(world.database, world.keyring, ports)
        self.staff = Staff(id="auditor", name="审计", role="reviewer", broker=None)

    async def signed(self) -> str:
        """A case that waits for its confirmation; with a photo of real handwriting."""
        world, owner = self.world, self.owner
        view = await world.started(owner)
        await world.with_photos(owner, view.case_no)
        from settlement.ports.objects import owner_context

        stored = await world.objects.put(
            PHOTO, mime="image/jpeg", context=owner_context(owner.broker, owner.customer)
        )
        await world.cases.set_image(
            owner, view.case_no, "signature", file_id=stored.id, sha256=stored.sha256, marks=[]
        )
        await world.read_all(owner, view.case_no, "photo")
        await world.cases.finish_photos(owner, view.case_no)
        await world.read_all(owner, view.case_no, "bank")
        await world.cases.put_card(owner, view.case_no, await world.card(owner))
        await world.cases.finish_cards(owner, view.case_no)
        await world.read_all(owner, view.case_no, "agreement")
        await world.cases.tick_documents(owner, view.case_no, True)
        view = await world.cases.sign(owner, view.case_no, source=AT_HOME)
        assert view.state is State.D_CONFIRM
        return view.case_no

    async def submitted(self) -> str:
        """A case that was submitted."""
        case_no = await self.signed()
        await self.world.cases.submit(self.owner, case_no, idempotency_key="key", source=AT_HOME)
        return case_no
