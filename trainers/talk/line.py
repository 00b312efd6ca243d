"""One conversation at the gateway's HTTP door (docs/http.md)."""

from __future__ import annotations

import time
import uuid
from pathlib import Path
from typing import Any

import httpx

HEADERS = {"X-Requested-With": "settlement-account", "User-Agent": "talk"}
ANSWER_SECONDS = 60.0

Json = dict[str, Any]


class RefusedError(Exception):
    """The gateway's own sentence about what was wrong."""


class Line:
    """Says things and gives back the answers, oldest first; raises ``RefusedError``, ``httpx.HTTPError``."""

    def __init__(self, address: str) -> None:
        self.http = httpx.Client(
            base_url=address,
            headers={**HEADERS, "Origin": address},
            timeout=httpx.Timeout(40.0, connect=5.0),
            trust_env=False,
        )
        self._after = "0-0"

    def begin(self, broker: str | None) -> list[Json]:
        """Open a conversation; the greeting."""
        self._checked(self.http.post("/api/conversations", params={"broker": broker} if broker else None))
        return self._listen(None)

    def send(self, message: Json) -> list[Json]:
        """One ``contract.Inbound`` without its ``cid``; the answers to it."""
        cid = uuid.uuid4().hex
        self._checked(self.http.post("/api/messages", json={**message, "cid": cid}))
        return self._listen(cid)

    def photo(self, path: Path, kind: str | None) -> list[Json]:
        """Upload a photo and send it."""
        with path.open("rb") as file:
            answer = self._checked(
                self.http.post(
                    "/api/uploads",
                    files={"file": (path.name, file)},
                    data={"kind": kind} if kind else None,
                )
            )
        return self.send({"type": "upload", "upload": answer.json()["upload"], "kind": kind})

    def document(self, document: str) -> Json:
        """Open a document and go to its end; ``{title, seconds, html}``."""
        shown: Json = self._checked(self.http.get(f"/api/documents/{document}")).json()
        body = {"version": shown["version"], "sha256": shown["sha256"]}
        for event in ("opened", "end"):
            self._checked(self.http.post(f"/api/documents/{document}/{event}", json=body))
        return shown

    def picture(self, captcha: str) -> bytes:
        """The picture of a captcha, as PNG."""
        return self._checked(self.http.get(f"/api/captcha/{captcha}.png")).content

    def messages_sent(self) -> list[Json]:
        """Text messages of an embedded run, the newest first; none elsewhere."""
        answer = self.http.get("/api/inbox")
        return list(answer.json()) if answer.status_code == httpx.codes.OK else []

    def close(self) -> None:
        """Hang up."""
        self.http.close()

    def _listen(self, cid: str | None) -> list[Json]:
        end = time.monotonic() + ANSWER_SECONDS
        heard: list[Json] = []
        while time.monotonic() < end:
            answer = self._checked(
                self.http.get("/api/poll", params={"after": self._after, "wait": 10})
            ).json()
            self._after = answer["last"]
            for entry in answer["entries"]:
                if entry["kind"] == "turn_done" and cid in (None, entry["cid"]):
                    return heard
                if entry["kind"] == "message" and entry["author"] == "assistant":
                    heard.append(entry)
        return heard

    @staticmethod
    def _checked(answer: httpx.Response) -> httpx.Response:
        if answer.is_error:
            try:
                raise RefusedError(str(answer.json()["message"]))
            except (ValueError, KeyError):
                answer.raise_for_status()
        return answer
