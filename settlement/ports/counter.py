"""The futures company's counter system: who a customer is, and the registering of settlement accounts.

The five results of a change follow product/states.md I8: the market monitoring centre's codes 1–4 beside
success. docs/counter-system.md is the contract for those who connect a real one.
"""

from __future__ import annotations

from typing import Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from settlement.ports.errors import PortRefused
from settlement.ports.http import JsonClient

Result = Literal["done", "in_progress", "data_check_failed", "real_name_failed", "other_error"]
CODES: dict[int, Result] = {
    0: "done",
    1: "in_progress",
    2: "data_check_failed",
    3: "real_name_failed",
    4: "other_error",
}


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True)


class RegisteredAccount(_Record):
    """One settlement account that the counter has on record."""

    bank_code: str
    bank_name: str
    card_number: str = Field(repr=False)
    branch: str = ""


class CounterCustomer(_Record):
    """One customer of one futures company."""

    customer_no: str
    name: str = Field(repr=False)
    id_number: str = Field(repr=False)
    phone: str = Field(repr=False)
    client_type: Literal["natural", "institution", "special"]
    status: Literal["active", "dormant", "closed", "restricted"]
    fund_account: str
    settlement_accounts: list[RegisteredAccount] = Field(default_factory=list)


class AccountChange(_Record):
    """One account to register: added, or put in the place of ``replaces`` (a registered card number)."""

    action: Literal["add", "replace"]
    account: RegisteredAccount
    replaces: str | None = Field(default=None, repr=False)

    @model_validator(mode="after")
    def replacing_names_the_old_card(self) -> AccountChange:
        """``replaces`` is there exactly when the action is to replace."""
        if (self.action == "replace") != bool(self.replaces):
            raise ValueError("replaces belongs to action 'replace', and to it alone")
        return self


class ChangeRequest(_Record):
    """All accounts of one approved submission. The same ``idempotency_key`` never registers twice."""

    idempotency_key: str = Field(min_length=8, max_length=100)
    case_no: str
    fund_account: str
    name: str = Field(repr=False)
    id_number: str = Field(repr=False)
    changes: list[AccountChange] = Field(min_length=1)


class ChangeOutcome(_Record):
    """What became of a request. ``in_progress`` means: ask again later with the same key."""

    result: Result
    fund_account: str | None = None
    detail: str = Field(default="", max_length=500)


class Counter(Protocol):
    """The counter system. Failures: ``PortUnavailable`` (try again) and ``PortRefused`` (mend)."""

    async def find_customer(self, broker: str, id_number: str) -> CounterCustomer | None:
        """The customer of ``broker`` with this ID number, or ``None``."""
        ...

    async def change_settlement_accounts(self, broker: str, request: ChangeRequest) -> ChangeOutcome:
        """Register the accounts of ``request``, once per idempotency key."""
        ...

    async def close(self) -> None:
        """Give up connections."""
        ...


class HttpCounter:
    """A counter system behind HTTP (docs/counter-system.md)."""

    def __init__(self, client: JsonClient) -> None:
        self._client = client

    async def find_customer(self, broker: str, id_number: str) -> CounterCustomer | None:
        """``POST v1/customers/find``: the number travels in the body, never in an address."""
        answer = await self._client.post("v1/customers/find", {"broker": broker, "id_number": id_number})
        if "customer" not in answer:
            raise PortRefused(f"{self._client.name}: the answer has no customer")
        if answer["customer"] is None:
            return None
        try:
            return CounterCustomer.model_validate(answer["customer"])
        except ValidationError:  # its text would quote personal values
            raise PortRefused(f"{self._client.name}: the customer's shape is not the agreed one") from None

    async def change_settlement_accounts(self, broker: str, request: ChangeRequest) -> ChangeOutcome:
        """``POST v1/settlement-account-changes`` with the request's key as ``Idempotency-Key``."""
        body = {"broker": broker, **request.model_dump(exclude={"idempotency_key"})}
        answer = await self._client.post("v1/settlement-account-changes", body, key=request.idempotency_key)
        code = answer.get("code")
        result = CODES.get(code) if isinstance(code, int) else None
        if result is None:
            raise PortRefused(f"{self._client.name}: unknown result code")
        if result == "done" and not answer.get("fund_account"):
            raise PortRefused(f"{self._client.name}: success without a fund account (R-061)")
        try:
            return ChangeOutcome(
                result=result, fund_account=answer.get("fund_account"), detail=answer.get("detail") or ""
            )
        except ValidationError:
            raise PortRefused(f"{self._client.name}: the outcome's shape is not the agreed one") from None

    async def close(self) -> None:
        """Close the pooled connections."""
        await self._client.close()
