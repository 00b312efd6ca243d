"""The steps of a change, one class each; their order is the form's ``required_slots`` in ``domain.yml``."""

from __future__ import annotations

from actions.steps.bank_card import BankCardStep
from actions.steps.base import Step
from actions.steps.broker import Broker, BrokerConfirmed
from actions.steps.business import Business, DeviceStep
from actions.steps.card_confirmed import CardConfirmedStep
from actions.steps.card_details import CardBankStep, CardBranchStep, CardNumberStep
from actions.steps.cards_complete import CardsCompleteStep
from actions.steps.case import CaseStep
from actions.steps.documents import Agreements, BankConsent, CertificateLetter, PhotoConsent
from actions.steps.identity import IdentityStep
from actions.steps.login import AccountTypeStep, CaptchaStep, IdNumberStep, SmsCodeStep
from actions.steps.photos import FurtherDocument1, FurtherDocument2, IdBack, IdFront, Signature
from actions.steps.submission import SignStep, SubmitStep, TickStep

ALL: tuple[type[Step], ...] = (
    Broker, BrokerConfirmed, Business, DeviceStep, IdNumberStep, AccountTypeStep, CaptchaStep, SmsCodeStep,
    CaseStep, PhotoConsent, IdFront, IdBack, Signature, FurtherDocument1, FurtherDocument2, IdentityStep,
    CertificateLetter, BankConsent, BankCardStep, CardNumberStep, CardBankStep, CardBranchStep,
    CardConfirmedStep, CardsCompleteStep, Agreements, TickStep, SignStep, SubmitStep,
)  # fmt: skip

STEPS: dict[str, Step] = {step.name: step() for step in ALL}
