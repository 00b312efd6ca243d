"""A customer at the gateway's HTTP door: says, taps, sends, reads, and waits for the answer."""

from __future__ import annotations

import time
import uuid
from pathlib import Path
from typing import Any

import httpx

HEADERS = {"X-Requested-With": "settlement-account", "User-Agent": "customer"}
ANSWER_SECONDS = 60.0

Json = dict[str, Any]


class Customer:
    """One conversation. Every call returns the messages that answer it, oldest first."""

    def __init__(self, address: str) -> None:
        self.http = httpx.Client(
            base_url=address, headers={**HEADERS, "Origin": address}, timeout=httpx.Timeout(70.0)
        )
        self.heard: list[Json] = []
        self._after = "0-0"

    def arrive(self, broker: str | None = None) -> list[Json]:
        """Open the page, for the first time or again with the same cookie."""
        answer = self.http.post("/api/conversations", params={"broker": broker} if broker else None)
        answer.raise_for_status()
        self.conversation: str = answer.json()["conversation"]
        return self._listen(None) if answer.json()["created"] else []

    def say(self, text: str) -> list[Json]:
        """Type something."""
        return self.send({"type": "text", "text": text})

    def tap(self, title: str) -> list[Json]:
        """Tap the latest button whose title contains ``title``."""
        return self.send({"type": "button", "button": self.button(title)})

    def button(self, title: str) -> str:
        """The id of a button on the screen."""
        for message in reversed(self.heard):
            for button in message["buttons"]:
                if title in button["title"]:
                    return str(button["id"])
        raise AssertionError(f"no button “{title}”; there are {self.titles()}")

    def titles(self) -> list[str]:
        """Titles of the buttons that came with the last answer."""
        return [button["title"] for message in self.heard[-6:] for button in message["buttons"]]

    def fill(self, **fields: str) -> list[Json]:
        """Type values into a card's own fields."""
        return self.send({"type": "fields", "fields": fields})

    def device(self, **parts: Any) -> list[Json]:
        """Report the device check; everything works unless ``parts`` says otherwise."""
        works = {"camera": True, "microphone": True, "speaker": True}
        system = {"system": "android", "system_version": "14"}
        return self.send({"type": "device", **works, **system, **parts})

    def photo(self, path: Path, kind: str | None = None) -> list[Json]:
        """Upload a photo and send it."""
        with path.open("rb") as file:
            answer = self.http.post(
                "/api/uploads", files={"file": (path.name, file)}, data={"kind": kind} if kind else None
            )
        if answer.is_error:
            refused = {
                "text": answer.json().get("message", ""),
                "buttons": [],
                "card": None,
                "author": "assistant",
            }
            self.heard.append(refused)
            return [refused]
        return self.send({"type": "upload", "upload": answer.json()["upload"], "kind": kind})

    def read(self, document: str) -> float:
        """Open a document and go to its end; returns its least reading time in seconds."""
        shown = self.http.get(f"/api/documents/{document}").raise_for_status().json()
        body = {"version": shown["version"], "sha256": shown["sha256"]}
        self.http.post(f"/api/documents/{document}/opened", json=body).raise_for_status()
        self.http.post(f"/api/documents/{document}/end", json=body).raise_for_status()
        return float(shown["seconds"])

    def send(self, message: Json) -> list[Json]:
        """Send one inbound message and wait until its turn is over."""
        cid = uuid.uuid4().hex
        answer = self.http.post("/api/messages", json={**message, "cid": cid})
        assert answer.status_code == 202, answer.text
        return self._listen(cid)

    def wait_for(self, words: str, seconds: float = 20.0) -> list[Json]:
        """Wait for a message that nobody asked for, such as a result hours later."""
        end, heard = time.monotonic() + seconds, []
        while time.monotonic() < end:
            heard += self._poll(2)
            if any(words in (message["text"] or "") for message in heard):
                return heard
        raise AssertionError(f"“{words}” did not come; heard {[message['text'] for message in heard]}")

    def _listen(self, cid: str | None) -> list[Json]:
        end = time.monotonic() + ANSWER_SECONDS
        heard: list[Json] = []
        while time.monotonic() < end:
            for entry in self._entries(10):
                if entry["kind"] == "turn_done" and cid in (None, entry["cid"]):
                    return heard
                heard += self._keep(entry)
        raise AssertionError(f"no answer within {ANSWER_SECONDS:.0f} s; heard {[m['text'] for m in heard]}")

    def _poll(self, wait: float) -> list[Json]:
        return [message for entry in self._entries(wait) for message in self._keep(entry)]

    def _keep(self, entry: Json) -> list[Json]:
        if entry["kind"] != "message" or entry["author"] != "assistant":
            return []
        self.heard.append(entry)
        return [entry]

    def _entries(self, wait: float) -> list[Json]:
        answer = self.http.get("/api/poll", params={"after": self._after, "wait": wait}).raise_for_status()
        found = answer.json()
        entries: list[Json] = found["entries"] if isinstance(found, dict) else found
        if entries:
            self._after = entries[-1]["id"]
        return entries
