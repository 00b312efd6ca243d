"""The terminal's side of a talk: what is typed becomes a message, a tap, a photo, a reading."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from deploy import running
from deploy.environments import LOCAL
from deploy.progress import say
from deploy.services import PORTS, Assistant, free_port
from deploy.training import ensure_model
from deploy.words import word
from trainers.talk.line import Line, RefusedError
from trainers.talk.shown import lines

Json = dict[str, Any]


class Talk:
    """One talk: the buttons and the card that were shown last, and what each typed line does."""

    def __init__(self, line: Line, folder: Path) -> None:
        self.line = line
        self.folder = folder
        self.buttons: list[Json] = []
        self.card: Json = {}
        self.sms_seen = len(line.messages_sent())
        self.words: dict[str, Callable[[str], list[Json]]] = {}
        for code, act in (
            ("talk_photo_words", self._photo),
            ("talk_fill_words", self._fill),
            ("talk_read_words", self._read),
            ("talk_device_words", self._device),
        ):
            self.words |= dict.fromkeys(word(code).split(), act)

    def show(self, messages: list[Json]) -> None:
        """Print messages, their buttons numbered, and what else arrived."""
        for message in messages:
            for shown in lines(message):
                say(shown)
            if message.get("card"):
                self.card = message["card"]
                self._captcha()
            if message.get("buttons"):
                self.buttons = message["buttons"]
        for number, button in enumerate(self.buttons, start=1):
            say(f"  [{number}] {button['title']}")
        sent = self.line.messages_sent()
        for text in sent[: len(sent) - self.sms_seen]:
            say(word("talk_sms", text=text["text"]))
        self.sms_seen = len(sent)

    def do(self, typed: str) -> list[Json]:
        """What one typed line does; the answers."""
        first, _, rest = typed.partition(" ")
        if typed.isdigit() and 1 <= int(typed) <= len(self.buttons):
            button = self.buttons[int(typed) - 1]
            return self.line.send({"type": "button", "button": button["id"]})
        if first in self.words and (rest or first not in word("talk_photo_words").split()):
            return self.words[first](rest.strip())
        return self.line.send({"type": "text", "text": typed})

    def _photo(self, path: str) -> list[Json]:
        kind = self.card.get("kind") if self.card.get("card") == "photo" else None
        return self.line.photo(Path(path).expanduser(), kind)

    def _fill(self, pairs: str) -> list[Json]:
        fields = dict(pair.split("=", 1) for pair in pairs.split() if "=" in pair)
        if not fields and self.card.get("card") in ("input", "captcha"):
            fields = {str(self.card.get("field", "captcha")): pairs}
        return self.line.send({"type": "fields", "fields": fields})

    def _read(self, _: str) -> list[Json]:
        if self.card.get("card") != "document":
            raise RefusedError(word("talk_no_document"))
        shown = self.line.document(self.card["document"])
        say(word("talk_reading", title=shown["title"], seconds=shown["seconds"]))
        time.sleep(float(shown["seconds"]))
        return []

    def _device(self, _: str) -> list[Json]:
        works = {"camera": True, "microphone": True, "speaker": True}
        return self.line.send({"type": "device", **works, "system": "android", "system_version": "14"})

    def _captcha(self) -> None:
        if self.card.get("card") == "captcha":
            picture = self.folder / "captcha.png"
            picture.write_bytes(self.line.picture(self.card["captcha"]))
            say(word("talk_captcha", path=picture))


def run(arguments: Sequence[str]) -> int:
    """Talk until the input ends or says so. ``[--broker CODE] [--own]``."""
    broker = arguments[arguments.index("--broker") + 1] if "--broker" in arguments[:-1] else None
    with _assistant(own="--own" in arguments) as (address, folder):
        line = Line(address)
        try:
            talk = Talk(line, folder)
            say(word("talk_help"))
            talk.show(line.begin(broker))
            for typed in _typed():
                try:
                    talk.show(talk.do(typed))
                except (RefusedError, OSError) as error:
                    say(str(error))
                except httpx.HTTPError as error:
                    say(word("talk_broken", reason=type(error).__name__))
        finally:
            line.close()
    return 0


def _typed() -> Iterator[str]:
    leaving = word("talk_leave_words").split()
    while True:
        try:
            typed = input("> ").strip()
        except EOFError:
            return
        if typed in leaving:
            return
        if not sys.stdin.isatty():
            say(typed)
        if typed:
            yield typed


@contextmanager
def _assistant(*, own: bool) -> Iterator[tuple[str, Path]]:
    """The running assistant's address; else one with the present files, started for this talk."""
    state = Path(os.environ.get("STATE_DIR", LOCAL / "state"))
    found = None if own else running.find(state)
    if found:
        yield found.gateway, state
        return
    state = LOCAL / "talk"
    assistant = Assistant(state=state, model=ensure_model(), ports={name: free_port(0) for name in PORTS})
    assistant.prepare()
    try:
        assistant.start()
        yield assistant.address("gateway"), state
    finally:
        assistant.stop()
