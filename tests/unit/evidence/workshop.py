"""A whole evidence workshop: a local authority, its timestamps, a store, and one paper to sign."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime

from asn1crypto import x509

from settlement import clock
from settlement.brokers.folder import load
from settlement.evidence.markdown import blocks
from settlement.evidence.paper import Paper, PaperCard, PaperConsent, PaperDocument, PaperReading
from settlement.evidence.press import Order, Press, SignedPaper
from settlement.ports.ca import Person
from settlement.ports.ca_local import LocalCa
from settlement.ports.objects import LocalObjects
from settlement.ports.tsa import LocalTimestamps
from settlement.settings import ROOT

BROKER = load(ROOT / "brokers" / "0127", date(2026, 11, 1))
NAME, ID_NUMBER = "顾英昊", "310104198208235053"
CONTEXT = "0127/customer-1"
PHOTO = (ROOT / "tests/fixtures/photos/signature.jpg").read_bytes()


def paper_with(**changes: object) -> Paper:
    """A paper of the company 0127 with all of its agreements."""
    paper = Paper(
        texts=BROKER.paper,
        company={"name": BROKER.name, "hotline": BROKER.hotline},
        case_no="S202611010001",
        content_sha256="ab" * 32,
        facts=[{"label": "name", "value": NAME}, {"label": "id_number", "value": ID_NUMBER}],
        cards=[
            PaperCard(
                number="6212260200000000012", holder=NAME, bank="工商银行", branch="朝阳支行", replaces=None
            )
        ],
        documents=[
            PaperDocument(
                title=one.title, version=one.version, effective_from=str(one.effective_from),
                sha256=one.sha256, blocks=blocks(one.body),
            )
            for one in BROKER.documents
        ],
        images=[{"kind": "id_front", "sha256": "cd" * 32}],
        readings=[
            PaperReading(
                title=BROKER.documents[0].title, opened_at="2026-11-01 10:00:00", seconds=40,
                end_at="2026-11-01 10:00:30", agreed_at="2026-11-01 10:00:40", channel="widget",
            )
        ],
        consents=[PaperConsent(title="单独同意", what="银行卡", why="登记", how_long="二十年")],
    )  # fmt: skip
    return paper.model_copy(update=changes)


@dataclass
class Workshop:
    """Everything real."""

    authority: LocalCa
    objects: LocalObjects
    roots: list[x509.Certificate]

    def press(self, *, stamped: bool = True) -> Press:
        """A press with or without timestamps."""
        stamps = LocalTimestamps(self.authority) if stamped else None
        return Press(self.objects, self.authority, stamps, lambda: self.roots)

    async def order(self, paper: Paper | None = None, at: datetime | None = None) -> Order:
        """An order for one paper, with the photo of a signature."""
        photo = await self.objects.put(PHOTO, mime="image/jpeg", context=CONTEXT)
        return Order(
            paper=paper or paper_with(), person=Person(name=NAME, id_number=ID_NUMBER), broker="0127",
            context=CONTEXT, key=secrets.token_hex(8), photo=photo.id, at=at or clock.now(),
        )  # fmt: skip

    async def signed(self, *, stamped: bool = True) -> tuple[SignedPaper, bytes]:
        """A signed paper, and its bytes out of the store."""
        made = await self.press(stamped=stamped).make(await self.order())
        return made, await self.objects.get(made.file_id, context=CONTEXT)
