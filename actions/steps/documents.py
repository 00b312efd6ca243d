"""Documents to read to the end and agree to, one by one (R-031, R-032, R-050…R-053)."""

from __future__ import annotations

from actions.steps.base import DONE, Step
from actions.turn import Slots, Turn
from settlement.brokers.schema import Broker, Document
from settlement.cards import ConsentGist, DocumentCard
from settlement.cases.views import CaseView
from settlement.errors import CustomerError

PHASE = {
    "photo_consent": "photo",
    "certificate_letter": "photo",
    "bank_consent": "bank",
    "agreements": "agreement",
}


def documents_for(broker: Broker, step: str) -> list[Document]:
    """The required documents of a step in the company's order."""
    documents = [d for d in broker.documents_of(PHASE[step]) if d.required]  # type: ignore[arg-type]
    if step == "photo_consent":
        return [d for d in documents if d.kind == "privacy"]
    if step == "certificate_letter":
        return [d for d in documents if d.kind != "privacy"]
    return documents


def agreed(case: CaseView, document: Document) -> bool:
    """Whether this very version was agreed to."""
    return any(
        reading.document_id == document.id and reading.sha256 == document.sha256 and reading.agreed_at
        for reading in case.readings
    )


def document_card(case: CaseView, document: Document) -> DocumentCard:
    """A document as the customer sees it, with what this case did with it."""
    return DocumentCard(
        document=document.id,
        title=document.title,
        document_version=document.version,
        sha256=document.sha256,
        seconds=document.seconds,
        agreed=agreed(case, document),
        kind=document.kind,
        consent=ConsentGist(**document.consent.model_dump()) if document.consent else None,
    )


class DocumentsStep(Step):
    """Asks for one document after the other; a button alone agrees (R-094)."""

    async def answer(self, turn: Turn) -> Slots | None:
        if turn.choice == "agree":
            return await self._agree(turn)
        if turn.choice == "disagree" or turn.intent == "disagree":
            turn.say("tell_disagreed")
            return {}
        if turn.intent in {"agree", "affirm", "next_step", "sign_agreements"}:
            turn.say("tell_use_button")
            return {}
        return None

    async def _agree(self, turn: Turn) -> Slots:
        case = await turn.case()
        waiting = [d for d in documents_for(turn.broker, self.name) if not agreed(case, d)]
        if waiting:
            document = waiting.pop(0)
            if turn.item and turn.item != document.id:
                raise CustomerError("document_version_changed", title=document.title)
            turn.now_is(
                await turn.core.cases.agree_document(
                    turn.owner,
                    case.case_no,
                    document.id,
                    document.version,
                    document.sha256,
                    source=await turn.source(),
                )
            )
            turn.agreed(document.id)
        return {} if waiting else {self.name: DONE}

    async def ask(self, turn: Turn) -> None:
        case, documents = await turn.case(), documents_for(turn.broker, self.name)
        document = next((d for d in documents if not agreed(case, d)), documents[-1])
        place = documents.index(document) + 1
        turn.say(
            f"ask_{self.name}",
            card=document_card(case, document),
            document=document.id,
            title=document.title,
            place=place,
            count=len(documents),
        )

    def done(self, turn: Turn, case: CaseView | None) -> str | None:
        if case is None:
            return None
        return DONE if all(agreed(case, d) for d in documents_for(turn.broker, self.name)) else None


class PhotoConsent(DocumentsStep):
    """Separate consent to the ID card's and the signature's images (PIPL art. 29)."""

    name = "photo_consent"


class CertificateLetter(DocumentsStep):
    """《数字证书安全责任书》 (R-031)."""

    name = "certificate_letter"


class BankConsent(DocumentsStep):
    """Separate consent to the bank card's data (PIPL art. 29)."""

    name = "bank_consent"


class Agreements(DocumentsStep):
    """客户须知, 合同书 and risk statements, as the company defines them (R-050, R-051)."""

    name = "agreements"
