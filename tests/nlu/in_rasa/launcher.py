"""What Rasa's launcher sends an action of a conversation: its end, and all that holds now."""

from __future__ import annotations

import importlib.util
import unittest
from pathlib import Path
from typing import Any

from rasa.core.actions.action import RemoteAction
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActiveLoop, SlotSet, UserUttered
from rasa.shared.core.slots import TextSlot
from rasa.shared.core.trackers import DialogueStateTracker

LAUNCHER = Path(__file__).parents[3] / "deploy/rasa/launcher.py"


def _launcher() -> Any:
    found = importlib.util.spec_from_file_location("own_launcher", LAUNCHER)
    assert found
    assert found.loader
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


class Sent(unittest.TestCase):
    """A conversation of many turns, and of one."""

    def setUp(self) -> None:
        self.launcher = _launcher()
        self.addCleanup(setattr, RemoteAction, "_action_call_format", RemoteAction._action_call_format)
        self.launcher.send_recent_events_alone()
        slots = [TextSlot("first", mappings=[]), TextSlot("last", mappings=[])]
        self.tracker = DialogueStateTracker("somebody", slots)
        self.tracker.update(SlotSet("first", "kept"))
        self.tracker.update(ActiveLoop("settlement_form"))

    def talk(self, turns: int) -> dict[str, Any]:
        """What the action is sent after so many turns."""
        for turn in range(turns):
            self.tracker.update(UserUttered(f"sentence {turn}"))
            self.tracker.update(SlotSet("last", str(turn)))
        sent: dict[str, Any] = RemoteAction("action_hello", None)._action_call_format(
            self.tracker, Domain.empty()
        )
        return dict(sent["tracker"])

    def test_a_short_conversation_is_sent_whole(self) -> None:
        assert len(self.talk(1)["events"]) == len(self.tracker.events)

    def test_of_a_long_one_the_end_is_sent(self) -> None:
        events = self.talk(500)["events"]
        assert len(events) == self.launcher.RECENT
        assert events[-1]["value"] == "499"
        assert [e["text"] for e in events if e["event"] == "user"][-2:] == ["sentence 498", "sentence 499"]

    def test_events_stay_in_their_order(self) -> None:
        moments = [event["timestamp"] for event in self.talk(500)["events"]]
        assert moments == sorted(moments)

    def test_what_was_told_at_the_beginning_still_holds(self) -> None:
        assert self.talk(500)["slots"]["first"] == "kept"

    def test_the_form_of_the_beginning_is_still_under_way(self) -> None:
        assert self.talk(500)["active_loop"]["name"] == "settlement_form"

    def test_the_customers_message_is_sent(self) -> None:
        assert self.talk(500)["latest_message"]["text"] == "sentence 499"

    def test_the_conversation_itself_is_not_shortened(self) -> None:
        self.talk(500)
        assert len(self.tracker.events) == 2 + 2 * 500
