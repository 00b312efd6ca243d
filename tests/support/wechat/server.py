"""A platform's API over real HTTP, on a port of its own; a refusal is an errcode inside a 200."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from tests.support.wechat.account import Heard, Json, Refusal

JSON = "application/json; encoding=utf-8"


class Silence(Exception):
    """Break the connection instead of answering."""


@dataclass(frozen=True)
class Call:
    """One call that came in."""

    path: str
    query: dict[str, str]
    headers: Message
    body: bytes


@dataclass(frozen=True)
class Answer:
    """What goes back; of a redirection (302), ``content`` is the address."""

    content: bytes
    kind: str = JSON
    status: int = 200


def as_json(found: Json) -> Answer:
    """``found`` as the platform writes it."""
    return Answer(json.dumps(found).encode())


def done(found: Json) -> Answer:
    """``found`` with the errcode that means success."""
    return as_json({"errcode": 0, "errmsg": "ok", **found})


def menu(head: str, items: list[Json], tail: str) -> Heard:
    """A ``msgmenu`` as a chat shows it; ``items``: ``{"id", "content"}`` each."""
    if not 1 <= len(items) <= 10:
        raise Refusal(40064, "invalid sub button size")
    return Heard("custom", "menu", "\n".join([head, *(item["content"] for item in items), tail]), items)


class Server:
    """Serves ``answer`` from threads until it is stopped."""

    def __init__(self, answer: Callable[[Call], Answer], port: int = 0) -> None:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                _serve(self, answer, b"")

            def do_POST(self) -> None:
                _serve(self, answer, self.rfile.read(int(self.headers.get("content-length") or 0)))

            def log_message(self, *_: object) -> None:
                """Keep the terminal quiet."""

        class Many(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 256

        self._server = Many(("127.0.0.1", port), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """The API's base address."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def stop(self) -> None:
        """End the server."""
        self._server.shutdown()
        self._server.server_close()


def _serve(handler: BaseHTTPRequestHandler, answer: Callable[[Call], Answer], body: bytes) -> None:
    parts = urlsplit(handler.path)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    try:
        answered = answer(Call(parts.path, query, handler.headers, body))
    except Silence:
        handler.close_connection = True
        return
    except Refusal as refusal:
        answered = as_json({"errcode": refusal.code, "errmsg": refusal.message})
    content = answered.content
    try:
        handler.send_response(answered.status)
        if answered.status == 302:
            handler.send_header("location", content.decode())
            content = b""
        handler.send_header("content-type", answered.kind)
        handler.send_header("content-length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)
    except OSError:
        handler.close_connection = True  # the gateway was killed meanwhile
