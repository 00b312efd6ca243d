"""Starts Rasa so that it loads our own models alone, without work that it otherwise repeats at every turn.

Runs in Rasa's own environment (Python 3.10). About 70 % of a turn's CPU is the compiling of one constant JSON
schema and the walking of the tree of event classes; both depend on nothing that changes while Rasa runs. And
every action is sent the whole conversation, which grows with each turn.
"""

from __future__ import annotations

import copy
import os
import shutil
import sys
from collections import deque
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import jsonschema
from rasa.core.actions import action
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.shared.core import events

# Last, so that nothing of ours stands before Rasa's own packages.
sys.path.append(str(Path(__file__).resolve().parents[2]))

from deploy import manifest, signatures

# The actions look back to the customer's message and to the step asked before it (``actions/turn.py``).
RECENT = 200


def cache_action_schema() -> None:
    """Compile the schema of action results once."""
    validator = jsonschema.Draft7Validator(action.RemoteAction.action_response_format_spec())

    def validate(_: action.RemoteAction, result: dict[str, Any]) -> bool:
        validator.validate(result)
        return True

    action.RemoteAction._validate_action_result = validate


def cache_event_types() -> None:
    """Look an event's class up by its name once."""
    resolve = events.Event.resolve_by_type
    events.Event.resolve_by_type = staticmethod(lru_cache(maxsize=256)(resolve))


def send_recent_events_alone() -> None:
    """Send an action the end of a conversation, not all of it: a turn is about a dozen events."""
    whole = action.RemoteAction._action_call_format

    def recent(self: action.RemoteAction, tracker: Any, domain: Any) -> dict[str, Any]:
        short = copy.copy(tracker)
        short.events = deque(tracker.events, maxlen=RECENT)
        return whole(self, short, domain)

    action.RemoteAction._action_call_format = recent


def load_own_models_only() -> None:
    """Check the manifest before any archive is unpacked: every way into Rasa's loading goes through here.

    What is checked and unpacked is a copy, so that nobody can change the archive between the two.
    """
    unpack = LocalModelStorage._extract_archive_to_directory

    serving = False

    def checked(archive: str | Path, target: Path) -> None:
        nonlocal serving
        with TemporaryDirectory(prefix="model-") as folder:
            own = Path(shutil.copy(archive, folder))
            with suppress(FileNotFoundError):
                shutil.copy(manifest.manifest_of(Path(archive)), folder)
            try:
                signatures.verify(own)
            except manifest.UntrustedModelError as error:
                if serving:  # a swap is refused, and the model of before goes on
                    raise
                # Rasa takes an exception here for "no model yet" and would serve without one.
                print(f"refused to load a model: {error}", file=sys.stderr, flush=True)
                raise SystemExit(signatures.REFUSED) from None
            unpack(own, target)
            serving = True

    LocalModelStorage._extract_archive_to_directory = staticmethod(checked)


def open_own_interface() -> None:
    """With ``RASA_TOKEN``, let whoever holds it swap the model. Not an argument: those are seen by ``ps``."""
    token = os.environ.pop("RASA_TOKEN", "")
    if token and sys.argv[1:2] == ["run"]:
        sys.argv += ["--enable-api", f"--auth-token={token}"]


def main() -> None:
    """``python deploy/rasa/launcher.py run …`` — the arguments are Rasa's own."""
    open_own_interface()
    load_own_models_only()
    cache_action_schema()
    cache_event_types()
    send_recent_events_alone()
    from rasa.__main__ import main as rasa

    rasa()


if __name__ == "__main__":
    main()
