"""The cards that the assistant shows beside words; part of ``settlement.contract``."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

PhotoName = Literal["id_front", "id_back", "signature", "bank_card", "qr", "extra_1", "extra_2"]
"""What a photo shows; ``extra_1`` and ``extra_2`` are further documents that a company names itself."""


class Strict(BaseModel):
    """Refuses what it does not know."""

    model_config = ConfigDict(extra="forbid")


class _Card(Strict):
    version: Literal[1] = 1


class BrokerCard(_Card):
    """The futures company, for confirmation (R-004)."""

    card: Literal["broker"] = "broker"
    code: str
    name: str


class DeviceCheckCard(_Card):
    """Asks the page to test camera, microphone and speaker, and to answer with a ``device`` message."""

    card: Literal["device_check"] = "device_check"
    minimum: dict[str, str] = Field(description="lowest version by system, e.g. {'android': '4.0'}")


class InputCard(_Card):
    """One value to type into a field of its own rather than into the chat."""

    card: Literal["input"] = "input"
    field: str
    format: Literal["text", "id_number", "card_number", "code"] = "text"
    again_after: int | None = Field(default=None, description="seconds until another code may be asked for")


class CaptchaCard(_Card):
    """A picture to read: ``GET /api/captcha/<captcha>``."""

    card: Literal["captcha"] = "captcha"
    captcha: str


class PhotoCard(_Card):
    """A photo to take; ``received`` lists what is there already."""

    card: Literal["photo"] = "photo"
    kind: PhotoName
    title: str = Field(default="", description="what a further document is called; else the page's own name")
    received: dict[str, str] = Field(default_factory=dict, description="kind → image id, for preview")
    max_megabytes: int = 10


class ShownField(Strict):
    """One value that was read or typed, for the customer to compare."""

    name: str
    label: str
    value: str
    editable: bool = False
    doubtful: bool = False


class FieldsCard(_Card):
    """Values to compare; an editable one is corrected by a ``fields`` message or in words."""

    card: Literal["fields"] = "fields"
    fields: list[ShownField]
    image: str | None = Field(default=None, description="the photo that they were read from")


class ConsentGist(Strict):
    """What a separate consent is about, shown above its text (PIPL art. 17, 29)."""

    what: str
    why: str
    how_long: str


class DocumentCard(_Card):
    """One document to open and read to its end: ``GET /api/documents/<document>``."""

    card: Literal["document"] = "document"
    document: str
    title: str
    document_version: str
    sha256: str
    seconds: int = Field(description="least reading time, in seconds")
    kind: Literal["certificate_letter", "notice", "contract", "risk", "privacy"] = "notice"
    consent: ConsentGist | None = Field(default=None, description="of a separate consent: kind privacy")
    read: bool = False
    agreed: bool = False


class ChecklistCard(_Card):
    """All documents of a step and whether each was agreed to."""

    card: Literal["checklist"] = "checklist"
    documents: list[DocumentCard]


class BankListCard(_Card):
    """The banks that the company supports (R-034)."""

    card: Literal["bank_list"] = "bank_list"
    banks: list[dict[str, str]] = Field(description="[{'code': 'CCB', 'name': '建设银行'}]")


class BankCardsCard(_Card):
    """The bank cards of this case so far."""

    card: Literal["bank_cards"] = "bank_cards"
    cards: list[dict[str, str]]


class SummaryCard(_Card):
    """Everything that is about to be submitted (R-059)."""

    card: Literal["summary"] = "summary"
    fields: list[ShownField]
    cards: list[dict[str, str]]
    documents: list[str]


class CaseRow(Strict):
    """One line of 我的业务 (R-080)."""

    case_no: str
    business: str
    state: str
    status: str
    remark: str = ""
    opened: str
    updated: str
    can_operate: bool
    can_abandon: bool
    current: bool = False
    signed: str | None = Field(default=None, description="the signed paper: GET /api/signed/<signed>")


class MyBusinessCard(_Card):
    """我的业务: 待完成 and 已完成 (R-071)."""

    card: Literal["my_business"] = "my_business"
    pending: list[CaseRow]
    completed: list[CaseRow]


class ProgressStep(Strict):
    """One part of a change, as the manual divides it."""

    name: str
    title: str
    state: Literal["done", "now", "later"]


class ProgressCard(_Card):
    """Where the customer is on the way (R-008)."""

    card: Literal["progress"] = "progress"
    steps: list[ProgressStep]


class ResultCard(_Card):
    """What became of a submission (R-061)."""

    card: Literal["result"] = "result"
    case_no: str
    outcome: Literal["submitted", "done", "rejected", "failed", "abandoned"]
    fund_account: str | None = None
    remark: str | None = None


Card = Annotated[
    BrokerCard
    | DeviceCheckCard
    | InputCard
    | CaptchaCard
    | PhotoCard
    | FieldsCard
    | DocumentCard
    | ChecklistCard
    | BankListCard
    | BankCardsCard
    | SummaryCard
    | MyBusinessCard
    | ProgressCard
    | ResultCard,
    Field(discriminator="card"),
]
CardAdapter: TypeAdapter[Card] = TypeAdapter(Card)
