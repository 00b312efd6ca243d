"""What staff are shown: rows of a queue, and one case with what was submitted."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from settlement.cases.states import State
from settlement.errors import CustomerError

Role = Literal["witness", "reviewer", "administrator", "trainer"]

STAGE_STATES: dict[str, frozenset[State]] = {
    "witness": frozenset({State.W_PENDING, State.W_DOING}),
    "review": frozenset({State.R_PENDING, State.R_DOING}),
    "execution": frozenset({State.P_EXEC}),
    "completed": frozenset(
        {State.W_REJECTED, State.R_REJECTED, State.P_FAILED, State.C_DONE, State.C_ABANDONED, State.C_EXPIRED}
    ),
}


class DeskError(CustomerError):
    """Something that staff must be told; ``code`` names the sentence in the console's templates."""


class _View(BaseModel):
    model_config = ConfigDict(frozen=True)


class Staff(_View):
    """Somebody at the desk; ``broker`` ``None`` works for every company."""

    id: str
    name: str
    role: Role
    broker: str | None


class QueueRow(_View):
    """One case in a queue."""

    case_no: str
    broker: str
    state: State
    attempt: int
    customer_name: str = Field(repr=False)
    submitted_at: datetime | None
    updated_at: datetime
    claimed_by: str | None
    mine: bool
    expires_at: datetime | None
    queued: bool
    witness_tries: int


class EventView(_View):
    """One step in a case's life; ``who`` is the name when it was staff."""

    seq: int
    number: str
    event: str
    from_state: str | None
    to_state: str
    actor: str
    who: str | None
    at: datetime
    attempt: int
    remark: str
    reasons: list[str]


class AttemptView(_View):
    """One submission; ``intact`` says whether what is kept still has the hash that it was kept with."""

    attempt: int
    submitted_at: datetime
    sha256: str
    intact: bool
    snapshot: dict[str, Any] = Field(repr=False)


class DecisionView(_View):
    """What a witness or reviewer concluded of one attempt, with the lines of the list that they ticked."""

    attempt: int
    stage: str
    who: str | None
    result: str
    at: datetime
    checks: list[str]


class CaseDetail(_View):
    """One case as staff see it: the submitted snapshot, never the draft (I7)."""

    case_no: str
    broker: str
    broker_version: str
    customer: str
    state: State
    attempt: int
    remark: str
    reasons: list[str]
    claimed_by: str | None
    mine: bool
    expires_at: datetime | None
    queued: bool
    witness_tries: int
    snapshot: dict[str, Any] | None = Field(repr=False)
    intact: bool
    attempts: list[AttemptView]
    decisions: list[DecisionView]
    events: list[EventView]
