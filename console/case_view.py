"""Turns a submitted snapshot into what the page of a case shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from console.compare import STAR, Compared, compare, masked
from settlement.brokers.schema import Broker

IDENTITY = (
    "name", "sex", "nation", "birth", "address", "id_number", "authority", "valid_from", "valid_until",
)  # fmt: skip
IMAGES = ("id_front", "id_back", "signature", "extra_1", "extra_2", "bank_card")


def shown(
    snapshot: dict[str, Any], broker: Broker, address: Callable[[str], str], *, whole: bool
) -> dict[str, Any]:
    """The snapshot (``settlement.cases.content.snapshot``) for the template.

    ``address`` gives a photo's address by its file id. ``whole`` shows all digits of numbers.
    """
    banks = {bank.code: bank.name for bank in broker.banks}
    titles = {document.id: document for document in broker.documents}
    registered = {one["id"]: one for one in snapshot["registered"]}
    number = (lambda value: value) if whole else masked
    return {
        **{key: snapshot[key] for key in ("attempt", "channel", "started_at", "submitted_at", "signature")},
        "customer": {
            **snapshot["customer"],
            "id_number": number(snapshot["customer"]["id_number"]),
            "phone": _phone(snapshot["customer"]["phone"], whole=whole),
        },
        "identity": [
            field for name in IDENTITY if (field := _field(snapshot["identity"], name, whole=whole))
        ],
        "identity_marks": snapshot["identity"]["marks"],
        "images": [
            {
                **image,
                "address": address(image["file_id"]),
                "title": broker.photos.names.get(image["kind"], ""),
            }
            for image in sorted(snapshot["images"], key=lambda image: IMAGES.index(image["kind"]))
        ],
        "cards": [
            {
                **card,
                "bank": banks.get(card["bank_code"], card["bank_code"]),
                "compared": _card(card, banks, whole=whole),
                "replaced": _replaced(registered.get(card["replaces"] or ""), number),
            }
            for card in snapshot["cards"]
        ],
        "registered": [{**one, "number": number(one["number"])} for one in snapshot["registered"]],
        "documents": [
            {**row, "title": titles[row["id"]].title if row["id"] in titles else row["id"]}
            for row in snapshot["documents"]
        ],
    }


def _field(identity: dict[str, Any], name: str, *, whole: bool) -> Compared | None:
    read, final = _text(identity["read"].get(name)), _text(identity["final"].get(name))
    return compare(name, read, final, whole=whole) if read or final else None


def _card(card: dict[str, Any], banks: dict[str, str], *, whole: bool) -> list[Compared]:
    read = card["bank_code_read"]
    return [
        compare("card_number", card["number_read"], card["number"], whole=whole),
        compare(
            "bank", banks.get(read, read) if read else None, banks.get(card["bank_code"], ""), whole=whole
        ),
    ]


def _replaced(account: dict[str, Any] | None, number: Callable[[str], str]) -> str:
    return f"{account['bank_name']} {number(account['number'])}" if account else ""


def _text(value: Any) -> str | None:
    """A value as read: plain, or with its confidence."""
    if isinstance(value, dict):
        value = value.get("value")
    return str(value) if value else None


def _phone(phone: str, *, whole: bool) -> str:
    return phone if whole else f"{phone[:3]}{STAR * 4}{phone[-4:]}"
