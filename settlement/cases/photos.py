"""The photo step: images, the identity read from them, and T02 (R-024 … R-032)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from settlement import clock
from settlement.cases import transitions
from settlement.cases.base import image_view
from settlement.cases.documents import Documents
from settlement.cases.inputs import Identity, Owner
from settlement.cases.material import CaseIdentity, CaseImage
from settlement.cases.models import Case, Customer
from settlement.cases.states import Actor, Event, State
from settlement.cases.views import CaseView, ImageView
from settlement.errors import CustomerError
from settlement.identity import id_number, names, validity

IMAGE_STEP = {
    "id_front": State.D_PHOTO,
    "id_back": State.D_PHOTO,
    "signature": State.D_PHOTO,
    "extra_1": State.D_PHOTO,
    "extra_2": State.D_PHOTO,
    "bank_card": State.D_BANK,
}
_READ_FROM = {"id_front", "id_back"}
_NEEDED = ("name", "id_number", "valid_from", "valid_until")


class Photos(Documents):
    """Photos and identity."""

    async def set_image(
        self,
        owner: Owner,
        case_no: str,
        kind: str,
        *,
        file_id: str,
        sha256: str,
        reading: dict[str, Any] | None = None,
        marks: list[str] | None = None,
    ) -> CaseView:
        """Put a photo in the place of the one of its kind; ``reading`` is OCR's, ``marks`` are its problems.

        Photos of bank cards stand beside each other. The same file again changes nothing.
        """
        if kind not in IMAGE_STEP:
            raise ValueError(f"no such kind of photo: {kind}")
        async with self._database.session() as session:
            case = await self._draft(session, owner, case_no, IMAGE_STEP[kind])
            present = await session.scalar(
                select(CaseImage).where(CaseImage.case_id == case.id, CaseImage.file_id == file_id)
            )
            if present is None:
                if kind != "bank_card":
                    await _remove(session, case, kind)
                session.add(
                    CaseImage(
                        case_id=case.id, kind=kind, file_id=file_id, sha256=sha256, reading=reading,
                        marks=marks or [],
                    )
                )  # fmt: skip
                await session.flush()
                if kind in _READ_FROM:
                    await _unconfirm(session, case)
                if kind == "bank_card":
                    await transitions.change(session, case)  # only the card that names it is content
                else:
                    await self._revised(session, case, IMAGE_STEP[kind])
            return await self._view(session, case)

    async def remove_image(self, owner: Owner, case_no: str, kind: str) -> CaseView:
        """× on a photo (R-027); nothing happens when there is none."""
        async with self._database.session() as session:
            case = await self._draft(session, owner, case_no, State.D_PHOTO)
            if kind != "bank_card" and await _remove(session, case, kind):
                if kind in _READ_FROM:
                    await _unconfirm(session, case)
                await self._revised(session, case, IMAGE_STEP[kind])
            return await self._view(session, case)

    async def image(self, owner: Owner, file_id: str) -> ImageView:
        """A photo of one of the owner's cases; ``CustomerError("image_not_found")``."""
        async with self._database.reading() as session:
            query = select(CaseImage, Case).join(Case, Case.id == CaseImage.case_id)
            query = query.where(
                CaseImage.file_id == file_id,
                CaseImage.in_use,
                Case.broker == owner.broker,
                Case.customer_id == owner.customer,
            )
            found = (await session.execute(query)).first()
            if found is None:
                raise CustomerError("image_not_found")
            return image_view(found[0], found[1])

    async def set_identity(
        self, owner: Owner, case_no: str, identity: Identity, *, confirmed: bool
    ) -> CaseView:
        """Keep the identity card's values; those not given stay. OCR's are kept beside them.

        ``CustomerError``: id_number_mismatch, name_mismatch, and those of ``settlement.identity``.
        """
        async with self._database.session() as session:
            case = await self._draft(session, owner, case_no, State.D_PHOTO)
            customer = await self._customer(session, owner)
            given = identity.model_dump(exclude_none=True)
            if "id_number" in given:
                given["id_number"] = id_number.normalise(given["id_number"])
            if "name" in given:
                given["name"] = names.normalise(given["name"])
            row = await session.scalar(select(CaseIdentity).where(CaseIdentity.case_id == case.id))
            before: dict[str, Any] = row.final if row else {}
            final = {**before, **given}
            marks = check_identity(final, customer)
            if row is None:
                row = CaseIdentity(case_id=case.id, ocr={}, final={})
                session.add(row)
            row.ocr, row.final, row.marks = await _read(session, case), final, marks
            row.confirmed_at = clock.now() if confirmed else None
            await session.flush()
            if final != before or not confirmed:
                await self._revised(session, case, State.D_PHOTO)
            else:
                await transitions.change(session, case)
            return await self._view(session, case)

    async def finish_photos(self, owner: Owner, case_no: str) -> CaseView:
        """T02. Nothing happens when the case is past this step.

        ``CustomerError``: photos_missing (photos), identity_not_confirmed, document_not_agreed (title), those
        of ``settlement.identity``.
        """
        async with self._database.session() as session:
            case = await self._draft(session, owner, case_no, State.D_PHOTO)
            if case.state == State.D_PHOTO:
                await self._check_photos(session, case, owner)
                await transitions.move(
                    session, case, Event.FINISH_PHOTOS, State.D_BANK,
                    actor=Actor.CUSTOMER, actor_id=owner.customer,
                )  # fmt: skip
            return await self._view(session, case)

    async def _check_photos(self, session: AsyncSession, case: Case, owner: Owner) -> None:
        broker = self._broker(case)
        in_use = select(CaseImage.kind).where(CaseImage.case_id == case.id, CaseImage.in_use)
        present = set(await session.scalars(in_use))
        missing = [kind for kind in broker.photos.kinds if kind not in present]
        if missing:
            raise CustomerError("photos_missing", photos=",".join(missing))
        row = await session.scalar(select(CaseIdentity).where(CaseIdentity.case_id == case.id))
        if row is None or row.confirmed_at is None or not all(row.final.get(name) for name in _NEEDED):
            raise CustomerError("identity_not_confirmed")
        check_identity(row.final, await self._customer(session, owner))
        await self._check_documents(session, case, broker, "photo")


def check_identity(final: dict[str, Any], customer: Customer) -> list[str]:
    """Marks for the reviewer; raises when the card is another person's, or has expired (R-028, T02)."""
    if "id_number" in final and final["id_number"] != customer.id_number:
        raise CustomerError("id_number_mismatch")
    if "name" in final and not names.same(final["name"], customer.name):
        raise CustomerError("name_mismatch")
    if not (final.get("valid_from") and final.get("valid_until")):
        return []
    today = clock.beijing(clock.now()).date()
    birth = id_number.parse(customer.id_number, today).birth
    return list(validity.check_validity(final["valid_from"], final["valid_until"], birth, today))


async def _remove(session: AsyncSession, case: Case, kind: str) -> bool:
    """Put the photo of ``kind`` out of use; whether there was one."""
    query = select(CaseImage).where(CaseImage.case_id == case.id, CaseImage.kind == kind, CaseImage.in_use)
    images = list(await session.scalars(query))
    for image in images:
        image.in_use, image.removed_at = False, clock.now()
    await session.flush()
    return bool(images)


async def _unconfirm(session: AsyncSession, case: Case) -> None:
    """Another photo: what was read from the one before is to be confirmed again."""
    row = await session.scalar(select(CaseIdentity).where(CaseIdentity.case_id == case.id))
    if row is not None:
        row.confirmed_at = None
        await session.flush()


async def _read(session: AsyncSession, case: Case) -> dict[str, Any]:
    """The values that OCR read from both sides, by name."""
    query = select(CaseImage).where(
        CaseImage.case_id == case.id, CaseImage.kind.in_(_READ_FROM), CaseImage.in_use
    )
    values: dict[str, Any] = {}
    for image in await session.scalars(query):
        for name, field in ((image.reading or {}).get("fields") or {}).items():
            values[name] = field.get("value") if isinstance(field, dict) else field
    return values
