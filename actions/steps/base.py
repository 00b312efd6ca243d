"""What a step is: one slot of the form, one question, and what counts as its answer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from actions.turn import Slots, Turn
from settlement.cases.views import CaseView

DONE = "done"


class Step(ABC):
    """One step of the manual. Its order, title and wording are in ``domain.yml``."""

    name: ClassVar[str]
    needs_login: ClassVar[bool] = True
    # Whether the answer lives in the tracker until a later step hands it to the core.
    in_hand: ClassVar[bool] = False

    def wanted(self, turn: Turn) -> bool:
        """Whether this customer goes through the step at all; one that is not wanted counts as done."""
        return True

    @abstractmethod
    async def answer(self, turn: Turn) -> Slots | None:
        """Take this turn as the step's answer.

        Returns the slots that it changes (``{}`` when the step asks again), or ``None`` when the turn is no
        answer at all, so that the rules may treat it as a question, a command or small talk.
        Raises ``CustomerError`` for bad input; the step then stays where it was.
        """

    @abstractmethod
    async def ask(self, turn: Turn) -> None:
        """Put the step's question."""

    @abstractmethod
    def done(self, turn: Turn, case: CaseView | None) -> str | None:
        """The slot's value as far as the core knows the step to be complete, else ``None``."""
