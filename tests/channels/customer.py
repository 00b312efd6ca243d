"""A customer's browser, as far as the gateway can tell."""

from __future__ import annotations

import itertools
import json
import secrets
import time
from collections.abc import Iterator
from typing import Any

import httpx

HEADERS = {"X-Requested-With": "settlement-account", "User-Agent": "test browser"}
PATIENCE_SECONDS = 20.0


class Customer:
    """One browser with its cookie, at one gateway."""

    def __init__(self, url: str, *, headers: dict[str, str] | None = None) -> None:
        self.http = httpx.Client(base_url=url, headers=headers or HEADERS, timeout=30, trust_env=False)
        self.conversation = ""

    def enter(self, broker: str | None = None) -> dict[str, Any]:
        """``POST /api/conversations``, and wait for the greeting."""
        answer = self.http.post("/api/conversations", params={"broker": broker} if broker else None)
        assert answer.status_code in {200, 201}, answer.text
        self.conversation = answer.json()["conversation"]
        if answer.json()["created"]:
            self.wait(lambda entry: entry["kind"] == "turn_done")
        return dict(answer.json())

    def at(self, url: str) -> Customer:
        """The same browser at another gateway process."""
        other = Customer(url)
        other.http.cookies.update({cookie.name: cookie.value or "" for cookie in self.http.cookies.jar})
        other.conversation = self.conversation
        return other

    def post(self, kind: str, *, cid: str | None = None, **content: Any) -> httpx.Response:
        """Send one message; the answer comes later."""
        message = {"type": kind, "cid": cid or f"cid-{secrets.token_hex(8)}", **content}
        return self.http.post("/api/messages", json=message)

    def say(self, kind: str = "text", **content: Any) -> list[dict[str, Any]]:
        """Send one message and wait for the assistant's answer to it."""
        taken = self.post(kind, **content)
        assert taken.status_code == 202, taken.text
        return self.answer_to(taken.json()["cid"])

    def answer_to(self, cid: str) -> list[dict[str, Any]]:
        """The assistant's messages that answer ``cid``, once the turn is over."""
        self.wait(lambda entry: entry["kind"] == "turn_done" and entry["cid"] == cid)
        return [
            entry
            for entry in self.entries()
            if entry["cid"] == cid and entry["kind"] == "message" and entry["author"] == "assistant"
        ]

    def entries(self) -> list[dict[str, Any]]:
        """The whole outbox."""
        return list(self.http.get("/api/poll").json()["entries"])

    def wait(self, wanted: Any) -> dict[str, Any]:
        """The first entry that is ``wanted``; fails when none comes in time."""
        cursor, end = "", time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            answer = self.http.get("/api/poll", params={"after": cursor, "wait": 5}).json()
            cursor = answer["last"]
            for entry in answer["entries"]:
                if wanted(entry):
                    return dict(entry)
        raise AssertionError("the entry did not come")

    def stream(self, last: str | None = None) -> Iterator[dict[str, Any]]:
        """Server-sent events, parsed; each entry must carry its position as the event's id."""
        headers = {"Last-Event-ID": last} if last else {}
        with self.http.stream("GET", "/api/events", headers=headers) as response:
            assert response.headers["content-type"].startswith("text/event-stream")
            assert response.headers["x-accel-buffering"] == "no"
            position = ""
            for line in response.iter_lines():
                name, _, value = line.partition(": ")
                if name == "id":
                    position = value
                elif name == "data":
                    entry = json.loads(value)
                    assert entry["id"] == position
                    yield entry

    def take(self, count: int, last: str | None = None) -> list[dict[str, Any]]:
        """The first ``count`` entries of the stream."""
        return list(itertools.islice(self.stream(last), count))
