"""Rasa's ``rest`` webhook, played over real HTTP: tests say what it answers and read what it was asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answers = list[dict[str, Any]]


@dataclass(frozen=True)
class Asked:
    """One request that Rasa received."""

    sender: str
    message: str
    metadata: dict[str, Any]
    body: str


class WireRasa:
    """Answers ``POST /webhooks/rest/webhook``; by default it repeats what it was told."""

    def __init__(self, port: int = 0) -> None:
        self.asked: list[Asked] = []
        self.answer: Callable[[Asked], Answers | int | None] = repeat
        self.busy: dict[str, int] = {}
        self.most_at_once = 0
        self._count = threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"])).decode()
                sent = json.loads(body)
                asked = Asked(sent["sender"], sent["message"], sent["metadata"], body)
                answer = outer._turn(asked)
                if answer is None:  # as if the process had died
                    self.close_connection = True
                    return
                status, payload = (
                    (answer, b"") if isinstance(answer, int) else (200, json.dumps(answer).encode())
                )
                try:
                    self.send_response(status)
                    self.send_header("content-length", str(len(payload)))
                    self.end_headers()
                    self.wfile.write(payload)
                except OSError:
                    self.close_connection = True  # the gateway was killed meanwhile

            def log_message(self, *_: object) -> None:
                """Keep the test's output quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """Where the gateway finds it."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def of(self, conversation: str) -> list[Asked]:
        """What one conversation asked, the greeting left out."""
        return [asked for asked in self.asked if asked.sender == conversation and asked.message != "/hello"]

    def forget(self) -> None:
        """Begin anew for the next test."""
        self.asked.clear()
        self.answer = repeat
        self.most_at_once = 0

    def stop(self) -> None:
        """End the server."""
        self._server.shutdown()
        self._server.server_close()

    def _turn(self, asked: Asked) -> Answers | int | None:
        with self._count:
            self.asked.append(asked)
            self.busy[asked.sender] = self.busy.get(asked.sender, 0) + 1
            self.most_at_once = max(self.most_at_once, self.busy[asked.sender])
        try:
            return self.answer(asked)
        finally:
            with self._count:
                self.busy[asked.sender] -= 1


def repeat(asked: Asked) -> Answers:
    """``you said: …``"""
    return [{"recipient_id": asked.sender, "text": f"you said: {asked.message}"}]


def says(text: str, *, buttons: dict[str, str] | None = None, card: dict[str, Any] | None = None) -> Answers:
    """Answers as Rasa's rest channel writes them: text with buttons, then the card as ``custom``."""
    words: dict[str, Any] = {"recipient_id": "x", "text": text}
    if buttons:
        words["buttons"] = [{"title": title, "payload": payload} for title, payload in buttons.items()]
    return [words] + ([{"recipient_id": "x", "custom": {"card": card}}] if card else [])
