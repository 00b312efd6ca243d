"""What a signature covers and what a submission keeps, as plain JSON values (R-054, I7)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from settlement.brokers.schema import Broker
from settlement.cases.material import CaseBankCard, CaseIdentity, CaseImage, DocumentReading, SignatureRecord
from settlement.cases.models import Case, Customer, RegisteredCard


@dataclass
class Material:
    """Everything in force that belongs to a case, read in one go."""

    case: Case
    customer: Customer
    images: list[CaseImage]
    identity: CaseIdentity | None
    cards: list[CaseBankCard]
    readings: list[DocumentReading]
    signature: SignatureRecord | None
    registered: list[RegisteredCard]


async def gather(session: AsyncSession, case: Case) -> Material:
    """Read the material of ``case``."""
    customer = await session.get_one(Customer, case.customer_id)
    images = select(CaseImage).where(CaseImage.case_id == case.id, CaseImage.in_use)
    cards = select(CaseBankCard).where(CaseBankCard.case_id == case.id).order_by(CaseBankCard.seq)
    readings = select(DocumentReading).where(DocumentReading.case_id == case.id)
    signatures = select(SignatureRecord).where(
        SignatureRecord.case_id == case.id, SignatureRecord.voided_at.is_(None)
    )
    registered = select(RegisteredCard).where(
        RegisteredCard.customer_id == customer.id, RegisteredCard.in_use
    )
    return Material(
        case=case,
        customer=customer,
        images=list(await session.scalars(images.order_by(CaseImage.kind, CaseImage.created_at))),
        identity=await session.scalar(select(CaseIdentity).where(CaseIdentity.case_id == case.id)),
        cards=list(await session.scalars(cards)),
        readings=list(await session.scalars(readings.order_by(DocumentReading.document_id))),
        signature=await session.scalar(signatures.order_by(SignatureRecord.signed_at.desc()).limit(1)),
        registered=list(await session.scalars(registered.order_by(RegisteredCard.number_digest))),
    )


def signed_content(material: Material, broker: Broker, nonce: str | None = None) -> dict[str, Any]:
    """What the customer signs: who, which cards, which photos, which documents in which versions.

    ``nonce`` keeps the hash from telling a card number to someone who tries them all. The registered accounts
    belong to it because a replacement, and the absence of a duplicate, rest on them (O-06).
    """
    customer, used = material.customer, {card.file_id for card in material.cards}
    identity = material.identity.final if material.identity else {}
    current = {(document.id, document.version, document.sha256): document for document in broker.documents}
    agreed = {
        (row.document_id, row.version, row.sha256) for row in material.readings if row.agreed_at is not None
    }
    return {
        "nonce": nonce or secrets.token_hex(16),
        "case_no": material.case.case_no,
        "business_type": material.case.business_type,
        "broker": material.case.broker,
        "customer": customer.id,
        "fund_account": material.case.fund_account,
        "identity": identity,
        "cards": [
            {
                "seq": card.seq, "action": card.action, "replaces": card.replaces, "number": card.number,
                "holder": card.holder, "bank_code": card.bank_code, "branch": card.branch,
            }
            for card in material.cards
        ],
        "images": sorted(
            [image.kind, image.sha256]
            for image in material.images
            if image.kind != "bank_card" or image.file_id in used
        ),
        "documents": [
            {
                "id": document.id, "title": document.title, "version": document.version,
                "sha256": document.sha256,
            }
            for key, document in current.items()
            if key in agreed
        ],
        "registered": [card.number_digest for card in material.registered],
    }  # fmt: skip


def snapshot(material: Material, broker: Broker, attempt: int, submitted_at: str) -> dict[str, Any]:
    """Everything a reviewer decides on, with the OCR values beside the final ones (R-085)."""
    case, customer, identity = material.case, material.customer, material.identity
    used = {card.file_id for card in material.cards}
    assert identity is not None
    assert material.signature is not None
    return {
        "nonce": secrets.token_hex(16),
        "case_no": case.case_no,
        "attempt": attempt,
        "business_type": case.business_type,
        "broker": case.broker,
        "broker_version": broker.version,
        "channel": case.channel,
        "started_at": case.created_at.isoformat(),
        "submitted_at": submitted_at,
        "customer": {
            "id": customer.id, "customer_no": customer.customer_no, "name": customer.name,
            "id_number": customer.id_number, "phone": customer.phone, "client_type": customer.client_type,
            "fund_account": case.fund_account,
        },
        "identity": {"read": identity.ocr, "final": identity.final, "marks": identity.marks},
        "images": [
            {"kind": image.kind, "file_id": image.file_id, "sha256": image.sha256, "marks": image.marks}
            for image in material.images
            if image.kind != "bank_card" or image.file_id in used
        ],
        "cards": [
            {
                "seq": card.seq, "action": card.action, "replaces": card.replaces, "number": card.number,
                "number_read": card.number_read, "holder": card.holder, "bank_code": card.bank_code,
                "bank_code_read": card.bank_code_read, "branch": card.branch, "card_type": card.card_type,
                "printed_type": card.printed_type, "entry": card.entry, "file_id": card.file_id,
                "marks": card.marks,
            }
            for card in material.cards
        ],
        "documents": [
            {
                "id": row.document_id, "version": row.version, "sha256": row.sha256,
                "opened_at": row.opened_at.isoformat(), "end_at": row.end_at and row.end_at.isoformat(),
                "agreed_at": row.agreed_at and row.agreed_at.isoformat(), "channel": row.channel,
            }
            for row in material.readings
        ],
        "registered": [
            {
                "id": card.id, "bank_code": card.bank_code, "bank_name": card.bank_name,
                "number": card.number, "branch": card.branch,
            }
            for card in material.registered
        ],
        "signature": {
            "sha256": material.signature.sha256, "signed_at": material.signature.signed_at.isoformat(),
            "file_sha256": material.signature.file_sha256,
        },
    }  # fmt: skip
