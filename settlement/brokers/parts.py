"""The parts of a futures company's configuration: one model for each kind of entry in its files.

Own error types (``bank_unknown`` …) are turned into sentences for trainers by
``brokers/common/messages.yml``.
"""

from __future__ import annotations

from datetime import date
from string import Formatter
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator
from pydantic_core import PydanticCustomError

from settlement.brokers.colours import READABLE, contrast_with_white

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Step = Literal["photo", "bank", "agreement", "confirm", "none"]
DocumentKind = Literal["certificate_letter", "notice", "contract", "risk", "privacy"]

SystemVersion = Annotated[str, StringConstraints(pattern=r"^\d+(\.\d+)*$")]


def variables_in(text: str) -> set[str]:
    """Names in braces of ``text``; a stray brace raises the trainers' error ``braces``."""
    try:
        return {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    except ValueError as error:
        raise PydanticCustomError("braces", "braces") from error


class Part(BaseModel):
    """A frozen model that refuses unknown keys, so that a misspelt key is noticed."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class AccountType(Part):
    """An account type on the login page (R-016); ``offline`` ones are sent to a branch (O-02)."""

    name: Text
    client_type: Literal["natural", "institution", "special"]
    offline: bool = False
    default: bool = False


class BrokerBank(Part):
    """A bank of the company's list (R-034)."""

    code: Text
    name: str = ""
    enabled: bool = True
    linked_by_broker: bool = Field(default=False, description="the company makes the 银期 link itself")
    note: str = ""

    @model_validator(mode="after")
    def known(self) -> Self:
        """The code must be one that the card tables know; the usual name is filled in."""
        from settlement.bankcards.banks import bank_of

        bank = bank_of(self.code)
        if bank is None:
            raise PydanticCustomError("bank_unknown", "bank_unknown", {"value": self.code})
        if not self.name:
            object.__setattr__(self, "name", bank.name)
        return self


class BinRow(Part):
    """A card number range that the public tables lack or have wrong (product/messages.md §7.3)."""

    prefix: Annotated[str, StringConstraints(pattern=r"^\d{4,10}$")]
    length: int = Field(ge=13, le=20)
    bank_code: Text
    card_type: Literal["debit", "credit", "quasi_credit", "prepaid"]


class Banking(Part):
    """``banks.yml``."""

    banks: tuple[BrokerBank, ...] = Field(min_length=1)
    bins: tuple[BinRow, ...] = ()

    @field_validator("banks")
    @classmethod
    def once_each(cls, banks: tuple[BrokerBank, ...]) -> tuple[BrokerBank, ...]:
        """A bank stands in the list once, and at least one is enabled."""
        codes = [bank.code for bank in banks]
        for code in codes:
            if codes.count(code) > 1:
                raise PydanticCustomError("bank_twice", "bank_twice", {"value": code})
        if not any(bank.enabled for bank in banks):
            raise PydanticCustomError("bank_none", "bank_none")
        return banks


class Notices(Part):
    """温馨提示 at the top of three pages (R-015, R-026, R-038)."""

    login: Text
    photo: Text
    bank: Text


class Texts(Part):
    """``texts.yml``."""

    notices: Notices
    other_business: dict[str, Text] = Field(description="business → where it is done (R-007)")
    variables: dict[str, Text] = Field(default_factory=dict, description="answers of the FAQ, by variable")


class Consent(Part):
    """The gist of a separate consent, shown above its text: what, why, how long (PIPL 17)."""

    what: Text
    why: Text
    how_long: Text


class Document(Part):
    """One version of a document to read; ``sha256`` is that of ``evidence_text``."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,40}$")]
    kind: DocumentKind
    step: Literal["photo", "bank", "agreement"]
    title: Text
    version: Text
    effective_from: date
    required: bool = True
    order: int = Field(ge=0)
    seconds: int = Field(ge=0, le=600, description="least reading time")
    consent: Consent | None = None
    body: Text = Field(description="Markdown")
    sha256: str

    @model_validator(mode="after")
    def explained(self) -> Self:
        """A consent says what, why and how long; nothing else does."""
        if (self.kind == "privacy") != (self.consent is not None):
            kind = "consent_missing" if self.consent is None else "consent_not_wanted"
            raise PydanticCustomError(kind, kind)
        return self

    @property
    def evidence_text(self) -> str:
        """Everything that the customer is shown of it."""
        return evidence_text(self.title, self.version, self.consent, self.body)


def evidence_text(title: str, version: str, consent: Consent | None, body: str) -> str:
    """Title, version, the gist of a consent and the text, each on lines of their own."""
    gist = [consent.what, consent.why, consent.how_long] if consent else []
    return "\n".join([title, version, *gist, body])


class RejectReason(Part):
    """A reason for turning a submission down (product/messages.md §7.2), in two voices."""

    code: Annotated[str, StringConstraints(pattern=r"^C\d{2}$")]
    group: Text
    stage: Literal["witness", "review", "execution", "any"]
    customer: Text
    staff: Text
    step_hint: Step
    retry: bool
    remark_required: bool = False
    active: bool = True


class Brand(Part):
    """The company's look on the page: a colour that carries white words, and a picture in its folder."""

    # Empty means none. Nothing else may: YAML takes an unquoted "#0b4f85" for a comment.
    colour: Annotated[str, StringConstraints(pattern=r"^(#[0-9A-Fa-f]{6})?$")] = ""
    logo: Annotated[str, StringConstraints(pattern=r"^([a-z0-9_-]{1,40}\.(svg|png|webp))?$")] = ""

    @field_validator("colour")
    @classmethod
    def readable(cls, colour: str) -> str:
        """White words on it keep the 4.5 : 1 of WCAG 2.2 (1.4.3)."""
        if colour and contrast_with_white(colour) < READABLE:
            raise PydanticCustomError("brand_colour", "brand_colour", {"value": colour})
        return colour


PhotoKind = Literal["id_front", "id_back", "signature", "extra_1", "extra_2"]


class Photos(Part):
    """What is photographed and how large a photo may be (R-024)."""

    kinds: tuple[PhotoKind, ...] = ("id_front", "id_back", "signature")
    names: dict[PhotoKind, Text] = Field(
        default_factory=dict, description="what a further document is called, e.g. extra_1: 居住证"
    )
    max_megabytes: int = Field(default=10, ge=1, le=20)
    bank_card_required: bool = Field(
        default=False, description="numbers are typed only after a photo (R-047)"
    )

    @model_validator(mode="after")
    def named(self) -> Self:
        """A further document has a name, since customers and staff read it; a name without one is a slip."""
        extra = {kind for kind in self.kinds if kind.startswith("extra_")}
        if wrong := sorted(extra ^ set(self.names)):
            raise PydanticCustomError("photo_unnamed", "photo_unnamed", {"value": wrong[0]})
        return self
