"""Notes for trainers what became of a turn (``settlement/heard``), without what a step took as answer."""

from __future__ import annotations

from rasa_sdk.executor import CollectingDispatcher

from actions.turn import FORM, Turn
from settlement import clock
from settlement.heard.stream import Note, meaning_of

ASKING = f"action_ask_{FORM}_"
# What a payload's intent says about how it came.
KINDS = {"choose": "button", "confirm_abandon": "button", "upload": "upload", "fill": "fields"}


async def note(
    turn: Turn, action: str, step: str | None, dispatcher: CollectingDispatcher, *, taken: bool
) -> None:
    """Note what ``action`` did; ``step`` waited before it; ``taken``: it took the words as its answer."""
    message = turn.tracker.latest_message or {}
    cid = turn.metadata.get("cid")
    if not cid:  # nothing was sent: Rasa began a session by itself
        return
    said = [str(one["response"]) for one in dispatcher.messages if one.get("response")]
    typed = bool(turn.text)
    await turn.core.hearing.note(
        Note(
            conversation=turn.conversation,
            message=str(cid)[:64],
            at=clock.now(),
            broker=turn.session.broker or "",
            step=step or "",
            asked=action.removeprefix(ASKING) if action.startswith(ASKING) else "",
            kind="text" if typed else KINDS.get(turn.intent, "event"),
            text="" if taken else turn.text,
            said=said,
            outcome=_outcome(action, said, taken=taken),
            **(meaning_of(message) if typed else {"intent": turn.intent}),
        )
    )


def _outcome(action: str, said: list[str], *, taken: bool) -> str:
    if taken:
        return "answered"
    if action == "action_default_fallback":
        return "offered" if "tell_offer_person" in said else "fallback"
    return "abandoned" if action == "action_abandon" else ""
