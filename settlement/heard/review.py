"""What trainers look at: sentences worth a look, the conversation around one, and what they decided."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict
from sqlalchemy import or_, select

from settlement import clock
from settlement.database import Database
from settlement.errors import CustomerError
from settlement.heard.models import HeardTurn, TrainingChange

LOW_CONFIDENCE = 0.6
LOOK_BACK = timedelta(days=30)
BEFORE = 3  # sentences before an abandon or a hand-over that may have led to it
LISTED = 200
_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")
REASONS = ("fallback", "low", "before_abandon", "before_person")


class ReviewError(CustomerError):
    """Something that trainers must be told; ``code`` names the sentence in the console's templates."""


class _View(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True)


class TurnView(_View):
    """One turn as trainers see it."""

    id: str
    conversation: str
    at: datetime
    broker: str
    step: str
    asked: str
    kind: str
    text: str
    intent: str
    confidence: float
    second: str
    second_confidence: float
    answer: str
    answer_confidence: float
    said: list[str]
    outcome: str
    reviewed_at: datetime | None

    @property
    def meaning(self) -> str:
        """The intent, or the question's own id."""
        return self.answer or self.intent

    @property
    def sure(self) -> float:
        """How sure the model was of ``meaning``."""
        return min(self.confidence, self.answer_confidence) if self.answer else self.confidence

    @property
    def asks_for_person(self) -> bool:
        """Whether this is a hand-over, or a wish for one."""
        return self.outcome == "offered" or "human" in self.meaning


class Worth(_View):
    """A turn worth a look, and why: one of ``REASONS``."""

    turn: TurnView
    reason: str


class ChangeView(_View):
    """One wish of a trainer."""

    id: str
    created_at: datetime
    sentence: str
    target: str
    answer: str
    state: str
    branch: str


class Review:
    """Reads turns and keeps the trainers' wishes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def turns(self, since: datetime | None = None) -> list[TurnView]:
        """Every turn since ``since`` (30 days when left out), oldest first."""
        begin = since or clock.now() - LOOK_BACK
        async with self._database.reading() as session:
            rows = await session.scalars(
                select(HeardTurn).where(HeardTurn.at >= begin).order_by(HeardTurn.at)
            )
            return [TurnView.model_validate(row) for row in rows]

    async def worth_a_look(self, reason: str = "") -> list[Worth]:
        """Sentences nobody has looked at yet, the newest first; all reasons, or one."""
        found = [one for one in worth(await self.turns()) if not reason or one.reason == reason]
        return sorted(found, key=lambda one: one.turn.at, reverse=True)[:LISTED]

    async def conversation(self, pseudonym: str) -> list[TurnView]:
        """One conversation from its beginning; ``ReviewError`` heard_unknown."""
        _known(pseudonym)
        async with self._database.reading() as session:
            rows = await session.scalars(
                select(HeardTurn).where(HeardTurn.conversation == pseudonym).order_by(HeardTurn.at)
            )
            found = [TurnView.model_validate(row) for row in rows]
        if not found:
            raise ReviewError("heard_unknown")
        return found

    async def looked_at(self, turn_id: str) -> None:
        """Nothing is to be done about this turn. ``ReviewError`` heard_unknown."""
        _known(turn_id)
        async with self._database.session() as session:
            turn = await session.get(HeardTurn, turn_id)
            if turn is None:
                raise ReviewError("heard_unknown")
            turn.reviewed_at = clock.now()

    async def wish(
        self, author: str, sentence: str, target: str, *, answer: str = "", heard_id: str | None = None
    ) -> None:
        """``sentence`` shall mean ``target``. ``ReviewError`` heard_unknown, change_twice."""
        if heard_id:
            _known(heard_id)
        async with self._database.session() as session:
            waiting = await session.scalars(select(TrainingChange).where(TrainingChange.state == "open"))
            if any(one.sentence == sentence and one.target == target for one in waiting):
                raise ReviewError("change_twice")
            if heard_id:
                turn = await session.get(HeardTurn, heard_id)
                if turn is None:
                    raise ReviewError("heard_unknown")
                turn.reviewed_at = clock.now()
            session.add(
                TrainingChange(
                    sentence=sentence, target=target, answer=answer, heard_id=heard_id, author=author
                )
            )

    async def wishes(self, state: str = "open") -> list[ChangeView]:
        """The trainers' wishes in the order they came."""
        async with self._database.reading() as session:
            rows = await session.scalars(
                select(TrainingChange)
                .where(or_(TrainingChange.state == state))
                .order_by(TrainingChange.created_at, TrainingChange.id)
            )
            return [ChangeView.model_validate(row) for row in rows]

    async def drop(self, change_id: str) -> None:
        """Give a wish up; its sentence is worth a look again."""
        _known(change_id, "change_unknown")
        async with self._database.session() as session:
            change = await session.get(TrainingChange, change_id)
            if change is None or change.state != "open":
                raise ReviewError("change_unknown")
            change.state = "dropped"
            turn = await session.get(HeardTurn, change.heard_id) if change.heard_id else None
            if turn is not None:
                turn.reviewed_at = None

    async def saved(self, change_ids: list[str], branch: str) -> None:
        """These wishes are in ``branch`` now."""
        async with self._database.session() as session:
            for change_id in change_ids:
                change = await session.get(TrainingChange, change_id)
                if change is not None and change.state == "open":
                    change.state, change.branch = "saved", branch


def _known(name: str, code: str = "heard_unknown") -> None:
    """Refuse what is no id of ours, before a database is asked (PostgreSQL takes no NUL, for one)."""
    if not _ID.fullmatch(name):
        raise ReviewError(code)


def worth(turns: list[TurnView]) -> list[Worth]:
    """Which of ``turns`` (oldest first) are worth a look, each for its strongest reason."""
    before: defaultdict[str, list[TurnView]] = defaultdict(list)
    reasons: dict[str, str] = {}
    for turn in turns:
        line = before[turn.conversation]
        ended = "before_abandon" if turn.outcome == "abandoned" else ""
        if not ended and turn.asks_for_person:
            ended = "before_person"
        if ended:
            for earlier in line[-BEFORE:]:
                reasons.setdefault(earlier.id, ended)
        if turn.kind != "text" or not turn.text:
            continue
        if turn.outcome in ("fallback", "offered"):
            reasons[turn.id] = "fallback"
        elif turn.sure < LOW_CONFIDENCE:
            reasons[turn.id] = "low"
        if not turn.asks_for_person:
            line.append(turn)
    return [
        Worth(turn=turn, reason=reasons[turn.id])
        for turn in turns
        if turn.id in reasons and turn.reviewed_at is None
    ]
