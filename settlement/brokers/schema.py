"""A futures company as one frozen object: everything that differs between companies (R-082)."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, field_validator, model_validator
from pydantic_core import PydanticCustomError

from settlement.bankcards.bins import Bin
from settlement.bankcards.verdict import CardRules
from settlement.brokers import variables
from settlement.brokers.parts import (
    AccountType,
    Banking,
    BinRow,
    Brand,
    BrokerBank,
    Consent,
    Document,
    DocumentKind,
    Notices,
    Part,
    Photos,
    RejectReason,
    SystemVersion,
    Text,
    Texts,
    variables_in,
)
from settlement.brokers.windows import Hours, Window

__all__ = [
    "AccountType", "Banking", "BinRow", "Broker", "BrokerBank", "Consent", "Document", "DocumentKind",
    "Hours", "RejectReason", "Window",
]  # fmt: skip

# Facts that each SMS may use; a template with any other is refused when the folder is read.
SMS_FACTS: dict[str, frozenset[str]] = {
    "login_code": frozenset({"short_name", "hotline", "code"}),
    "submitted": frozenset({"short_name", "hotline", "case_no"}),
    "rejected": frozenset({"short_name", "hotline", "case_no"}),
    "done": frozenset({"short_name", "hotline", "case_no", "account"}),
    "failed": frozenset({"short_name", "hotline", "case_no"}),
    "witness_due": frozenset({"short_name", "hotline", "case_no", "witness_hours"}),
    "abandoned": frozenset({"short_name", "hotline", "case_no"}),
    "expired": frozenset({"short_name", "hotline", "case_no"}),
}
STATES = (
    "D_PHOTO", "D_BANK", "D_AGREE", "D_CONFIRM", "W_PENDING", "W_DOING", "W_REJECTED", "R_PENDING", "R_DOING",
    "R_REJECTED", "P_EXEC", "P_FAILED", "C_DONE", "C_ABANDONED", "C_EXPIRED",
)  # fmt: skip
PAPER_TEXTS = (
    "title", "subtitle", "case_no", "company", "fund_account", "name", "id_number", "id_validity",
    "prepared_at", "content_sha256", "content_note", "cards_title", "card_no", "card_holder", "card_bank",
    "card_branch", "card_action", "add", "replace", "documents_title", "document_title",
    "document_version", "document_sha256", "images_title", "image_kind", "image_sha256", "id_front",
    "id_back", "signature", "bank_card", "version", "effective_from", "readings_title", "readings_note",
    "opened_at", "end_at", "agreed_at", "seconds", "channel", "consents_title", "consent_what",
    "consent_why", "consent_how_long", "widget", "wechat", "wecom", "sign_title", "sign_declaration",
    "sign_method", "sign_law", "sign_check", "customer", "broker", "signed_by", "signed_at", "certificate",
    "seal", "page",
)  # fmt: skip
_NEEDED_KINDS: tuple[DocumentKind, ...] = ("certificate_letter", "notice", "contract", "risk", "privacy")


class Broker(Part):
    """One version of a company's configuration; equal versions are equal content."""

    version: str
    code: Annotated[str, StringConstraints(pattern=r"^\d{4}$")]
    name: Text
    short_name: Text
    aliases: tuple[Text, ...] = ()
    status: Literal["enabled", "disabled"]
    hotline: Annotated[str, StringConstraints(pattern=r"^[0-9-]{5,20}$")]
    complaint_hotline: Annotated[str, StringConstraints(pattern=r"^[0-9-]{5,20}$")]
    qr_token: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]{1,20}$")] = "1"  # noqa: S105
    account_types: tuple[AccountType, ...] = Field(min_length=1)
    max_cards: int = Field(ge=1, le=20)
    one_card_per_bank: bool
    accept_quasi_credit: bool = False
    strict_luhn: bool = False
    needs_witness: bool = True
    off_hours: Literal["refuse", "queue"]
    draft_days: int = Field(default=30, ge=1, le=365)
    minimum_systems: dict[str, SystemVersion] = Field(
        default={"android": "4.0", "ios": "7.1"}, description="lowest version by system (R-013)"
    )
    photos: Photos = Photos()
    sms_account: Literal["full", "last4"] = "full"
    brand: Brand = Brand()

    banking: Banking
    hours: Hours
    texts: Texts
    documents: tuple[Document, ...]
    sms_templates: dict[str, Text]
    reject_reasons: dict[str, RejectReason]
    status_labels: dict[str, Text] = Field(description="state → what the customer reads as 办理状态")
    phrases: dict[str, Text] = Field(description="small wordings that derived variables are made from")
    paper: dict[str, Text] = Field(default_factory=dict, description="wordings of the paper that is signed")

    @field_validator("account_types")
    @classmethod
    def one_default(cls, types: tuple[AccountType, ...]) -> tuple[AccountType, ...]:
        """Exactly one account type is offered first, and it can be handled online."""
        if sum(kind.default for kind in types) != 1 or any(kind.default and kind.offline for kind in types):
            raise PydanticCustomError("default_account_type", "default_account_type")
        return types

    @field_validator("documents")
    @classmethod
    def ordered(cls, documents: tuple[Document, ...]) -> tuple[Document, ...]:
        """Documents in the order of reading."""
        return tuple(sorted(documents, key=lambda document: (document.order, document.id)))

    @field_validator("sms_templates")
    @classmethod
    def safe_sms(cls, templates: dict[str, str]) -> dict[str, str]:
        """Signed, without links (fraud), with known facts alone."""
        for name, facts in SMS_FACTS.items():
            text = templates.get(name)
            if text is None:
                raise PydanticCustomError("sms_missing", "sms_missing", {"value": name})
            unknown = variables_in(text) - facts
            if unknown:
                context = {
                    "value": name,
                    "unknown": "、".join(sorted(unknown)),
                    "known": "、".join(sorted(facts)),
                }
                raise PydanticCustomError("sms_variable", "sms_variable", context)
            if not text.startswith("【{short_name}】"):
                raise PydanticCustomError("sms_signature", "sms_signature", {"value": name})
            if "http" in text.lower() or "www." in text.lower():
                raise PydanticCustomError("sms_link", "sms_link", {"value": name})
        if unasked := set(templates) - set(SMS_FACTS):
            raise PydanticCustomError("sms_unknown", "sms_unknown", {"value": "、".join(sorted(unasked))})
        return templates

    @field_validator("status_labels")
    @classmethod
    def every_state(cls, labels: dict[str, str]) -> dict[str, str]:
        """R-074: each state has a label."""
        for state in STATES:
            if state not in labels:
                raise PydanticCustomError("state_label", "state_label", {"value": state})
        return labels

    @field_validator("paper")
    @classmethod
    def whole_paper(cls, texts: dict[str, str]) -> dict[str, str]:
        """The layout of the paper finds every wording that it asks for."""
        for name in PAPER_TEXTS:
            if name not in texts:
                raise PydanticCustomError("paper_missing", "paper_missing", {"value": name})
        return texts

    @model_validator(mode="after")
    def complete(self) -> Self:
        """R-031, R-050 and two separate consents (PIPL art. 29), once customers are served."""
        if self.status == "disabled":
            return self
        required = [document for document in self.documents if document.required]
        for kind in _NEEDED_KINDS:
            if all(document.kind != kind for document in required):
                raise PydanticCustomError("document_missing", "document_missing", {"value": kind})
        if not {"photo", "bank"} <= {document.step for document in required if document.kind == "privacy"}:
            raise PydanticCustomError("consents", "consents")
        return self

    @model_validator(mode="after")
    def answers(self) -> Self:
        """Every variable of the FAQ has a value, and no wording leaves a brace behind."""
        if problem := variables.problem(self):
            raise PydanticCustomError(*problem)
        return self

    @property
    def banks(self) -> tuple[BrokerBank, ...]:
        """All banks of ``banks.yml``, disabled ones too."""
        return self.banking.banks

    @property
    def enabled_banks(self) -> tuple[BrokerBank, ...]:
        """The banks to show and to accept (R-034)."""
        return tuple(bank for bank in self.banks if bank.enabled)

    def bank(self, code: str) -> BrokerBank | None:
        """The enabled bank of this code, if there is one."""
        return next((bank for bank in self.enabled_banks if bank.code == code), None)

    @property
    def notices(self) -> Notices:
        """The three 温馨提示."""
        return self.texts.notices

    @property
    def default_account_type(self) -> AccountType:
        """The account type to suggest."""
        return next(kind for kind in self.account_types if kind.default)

    @property
    def variables(self) -> dict[str, str]:
        """Every variable that FAQ answers use, filled."""
        return variables.of(self)

    @property
    def card_rules(self) -> CardRules:
        """What a settlement card must meet here, for ``settlement.bankcards.verdict.judge``."""
        return CardRules(
            banks=frozenset(bank.code for bank in self.enabled_banks),
            accept_quasi_credit=self.accept_quasi_credit,
            strict_luhn=self.strict_luhn,
            max_cards=self.max_cards,
            one_card_per_bank=self.one_card_per_bank,
            extra_bins=tuple(
                Bin(row.prefix, row.length, row.bank_code, row.card_type) for row in self.banking.bins
            ),
        )

    def documents_of(self, step: Literal["photo", "bank", "agreement"]) -> tuple[Document, ...]:
        """The documents to read at one step, in order."""
        return tuple(document for document in self.documents if document.step == step)

    def document(self, document_id: str) -> Document | None:
        """One document by id."""
        return next((document for document in self.documents if document.id == document_id), None)

    def account_type(self, name: str) -> AccountType | None:
        """An account type by its name."""
        return next((kind for kind in self.account_types if kind.name == name), None)

    def sms(self, template: str, **facts: str) -> str:
        """The text of an SMS; company name and hotline are filled in. ``KeyError`` on a missing fact."""
        own = {
            "short_name": self.short_name,
            "hotline": self.hotline,
            "witness_hours": variables.windows_text(self.hours.witness or self.hours.acceptance),
        }
        return self.sms_templates[template].format_map({**own, **facts})
