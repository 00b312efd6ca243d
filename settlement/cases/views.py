"""What callers are shown of a case. Personal values are whole here and stay out of every ``repr``."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from settlement.cases import states
from settlement.cases.states import State


class _View(BaseModel):
    model_config = ConfigDict(frozen=True)


class CustomerView(_View):
    """One customer of one company; ``id`` is what an ``Owner`` names."""

    id: str
    broker: str
    customer_no: str
    name: str = Field(repr=False)
    id_number: str = Field(repr=False)
    phone: str = Field(repr=False)
    client_type: str
    status: str
    fund_account: str = Field(repr=False)


class RegisteredAccountView(_View):
    """A settlement account on record at the counter; ``id`` is what ``CardInput.replaces`` names."""

    id: str
    bank_code: str
    bank_name: str
    number: str = Field(repr=False)
    branch: str


class ImageView(_View):
    """A photo in use."""

    kind: str
    file_id: str
    sha256: str
    broker: str
    customer: str
    reading: dict[str, Any] | None = Field(default=None, repr=False)
    marks: list[str]
    created_at: datetime


class IdentityView(_View):
    """The identity card's values: ``read`` by OCR, ``final`` after the customer's corrections."""

    final: dict[str, Any] = Field(repr=False)
    read: dict[str, Any] = Field(repr=False)
    marks: list[str]
    confirmed: bool


class CardView(_View):
    """One card of the case."""

    seq: int
    action: Literal["add", "replace"]
    replaces: str | None
    number: str = Field(repr=False)
    number_read: str | None = Field(repr=False)
    holder: str = Field(repr=False)
    bank_code: str
    bank_code_read: str | None
    branch: str
    card_type: str
    entry: Literal["ocr", "typed"]
    file_id: str | None
    verdict_ok: bool
    verdict_code: str | None
    marks: list[str]

    @property
    def tail(self) -> str:
        """The last four digits."""
        return self.number[-4:]


class ReadingView(_View):
    """How far a document was read."""

    document_id: str
    version: str
    sha256: str
    opened_at: datetime
    end_at: datetime | None
    agreed_at: datetime | None


class DocumentView(_View):
    """A current document of the company, and how far this case is with it."""

    id: str
    title: str
    kind: str
    step: str
    version: str
    sha256: str
    seconds: int
    required: bool
    opened_at: datetime | None
    read: bool
    agreed: bool


class PaperView(_View):
    """A paper that the customer signed; ``valid`` until something in it changed."""

    id: str
    case_no: str
    signed_at: datetime
    valid: bool
    file_id: str
    sha256: str
    size: int


class CaseView(_View):
    """One case. ``attempt`` counts submissions; ``reasons`` and ``remark`` stay until the next one."""

    case_no: str
    broker: str
    customer: str
    state: State
    business_type: str
    attempt: int
    lock_version: int
    created_at: datetime
    updated_at: datetime
    remark: str
    reasons: list[str]
    retry: bool = Field(description="False: the reasons say that trying again will not help")
    images: dict[str, ImageView]
    identity: IdentityView | None
    cards: list[CardView]
    readings: list[ReadingView]
    ticked: bool
    signed_at: datetime | None
    paper: str | None = Field(description="id of the signed paper in force")
    submitted_at: datetime | None
    queued: bool = Field(description="submitted outside the hours; looked at when they begin")
    fund_account: str = Field(repr=False)
    broker_version: str
    channel: str
    step_hint: State | None = Field(description="where 操作 leads after a rejection")

    @property
    def bucket(self) -> str:
        """``pending`` (待完成) or ``completed`` (已完成)."""
        return states.BUCKET[self.state]

    @property
    def can_operate(self) -> bool:
        """Whether 操作 changes anything: drafts, and what was turned down."""
        return self.state in states.CUSTOMER_EDITABLE | states.REOPENABLE

    @property
    def can_abandon(self) -> bool:
        """Whether the customer may give it up now (O-05)."""
        return self.state in states.ABANDONABLE

    @property
    def locked(self) -> bool:
        """Whether it holds the right to submit."""
        return self.state in states.LOCK
