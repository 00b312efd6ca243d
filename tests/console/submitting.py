"""Takes a seeded customer through the whole of a case, by the core's own services, to its submission."""

from __future__ import annotations

import hashlib
import io
import secrets
from dataclasses import dataclass

from PIL import Image

from console.parts import Parts
from settlement import clock
from settlement.bankcards.verdict import CardDraft, judge
from settlement.cases.customers import Customers
from settlement.cases.inputs import CardInput, Identity, Owner, Source
from settlement.cases.service import Cases
from settlement.evidence.press import PaperMaker
from settlement.ports.counter_local import load_seed
from settlement.ports.objects import owner_context
from settlement.security.origins import Origin
from tests.support.press import QuickPress

CARD = "6228485607505498003"  # of the agricultural bank; valid in form, nobody's
WEB = Source(channel="widget", conversation="a-conversation")
HOME = Origin(address="203.0.113.77", agent="Mozilla/5.0 <script>alert(1)</script>")
AT_HOME = WEB.model_copy(update={"origin": HOME})


@dataclass
class Submitted:
    """A submitted case and whose it is."""

    case_no: str
    owner: Owner
    id_number: str
    files: dict[str, str]


def photo(shade: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (640, 400), (shade, 120, 150)).save(out, "JPEG")
    return out.getvalue()


async def submit(
    house: Parts, number: int = 0, broker_code: str = "0127", press: PaperMaker | None = None
) -> Submitted:
    """Submit a case for the seeded customer at ``number``; the OCR misread one digit and one letter."""
    seeded = load_seed()[broker_code][number]
    customer = await Customers(house.database, house.keyring).upsert(broker_code, seeded)
    cases = Cases(house.database, house.brokers, house.keyring, press or QuickPress(house.ports.objects))
    owner = Owner(broker=broker_code, customer=customer.id)
    broker = house.brokers.get(broker_code)
    case = await cases.start(
        owner,
        channel="widget",
        fund_account=seeded.fund_account,
        broker_version=broker.version,
        device_ok=True,
    )
    files: dict[str, str] = {}
    read = {
        "id_front": {"name": seeded.name[:-1] + "显", "id_number": seeded.id_number},
        "id_back": {"valid_from": "2020-02-22", "valid_until": "2040-02-22"},
        "signature": {},
    }
    for shade, kind in enumerate(read):
        files[kind] = await keep(house, cases, owner, case.case_no, kind, shade * 60, read[kind])
    await cases.set_identity(
        owner,
        case.case_no,
        Identity(
            name=seeded.name, id_number=seeded.id_number, valid_from="2020-02-22", valid_until="2040-02-22"
        ),
        confirmed=True,
    )
    await agree(cases, owner, case.case_no, "photo")
    await cases.finish_photos(owner, case.case_no)
    files["bank_card"] = await keep(house, cases, owner, case.case_no, "bank_card", 200, {})
    misread = CARD[:9] + "8" + CARD[10:]
    draft = CardDraft(
        number=CARD,
        holder=seeded.name,
        customer_name=seeded.name,
        bank_code="ABC",
        branch="上海分行徐汇支行",
        ocr_number=misread,
    )
    card = CardInput(
        number=CARD,
        number_read=misread,
        bank_code="ABC",
        bank_code_read="ABC",
        branch=draft.branch,
        file_id=files["bank_card"],
        verdict=judge(draft, broker.card_rules),
    )
    await cases.put_card(owner, case.case_no, card)
    await agree(cases, owner, case.case_no, "bank")
    await cases.finish_cards(owner, case.case_no)
    await agree(cases, owner, case.case_no, "agreement")
    await cases.tick_documents(owner, case.case_no, True)
    await cases.sign(owner, case.case_no, source=AT_HOME)
    await cases.submit(owner, case.case_no, idempotency_key=secrets.token_hex(8))
    return Submitted(case.case_no, owner, seeded.id_number, files)


async def submit_again(house: Parts, submitted: Submitted) -> None:
    """Take up a case that was turned down, and submit it once more as it is."""
    cases = Cases(house.database, house.brokers, house.keyring, QuickPress(house.ports.objects))
    owner, case_no = submitted.owner, submitted.case_no
    await cases.reopen(owner, case_no, clock.now())
    await cases.finish_photos(owner, case_no)
    await cases.finish_cards(owner, case_no)
    await cases.tick_documents(owner, case_no, True)
    await cases.sign(owner, case_no, source=WEB)
    await cases.submit(owner, case_no, idempotency_key=secrets.token_hex(8))


async def keep(
    house: Parts, cases: Cases, owner: Owner, case_no: str, kind: str, shade: int, read: dict[str, str]
) -> str:
    data = photo(shade)
    context = owner_context(owner.broker, owner.customer)
    stored = await house.ports.objects.put(data, mime="image/jpeg", context=context)
    await cases.set_image(
        owner,
        case_no,
        kind,
        file_id=stored.id,
        sha256=hashlib.sha256(data).hexdigest(),
        reading={"fields": {name: {"value": value} for name, value in read.items()}},
    )
    return stored.id


async def agree(cases: Cases, owner: Owner, case_no: str, step: str) -> None:
    for document in await cases.documents(owner, case_no, step):
        about = (owner, case_no, document.id, document.version, document.sha256)
        await cases.open_document(*about, source=WEB)
        await cases.reach_end(*about)
        await cases.agree_document(*about, source=WEB)
