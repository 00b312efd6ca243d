"""What the platform knows of one Official Account and its followers."""

from __future__ import annotations

import os
import secrets
import threading
import time
from dataclasses import dataclass, field
from typing import Any

TOKEN_SECONDS = 7200
OVERLAP_SECONDS = 300
WINDOWS = {"words": (5, 48 * 3600), "click": (3, 60)}
TEXT_BYTES = 2048

Json = dict[str, Any]


class Refusal(Exception):
    """An errcode of the platform."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass
class Heard:
    """One message in a follower's chat; ``how``: the passive reply, a custom message, or a template."""

    how: str
    kind: str
    text: str = ""
    menu: list[Json] = field(default_factory=list)
    picture: bytes = b""
    link: str = ""


@dataclass
class Follower:
    """What the platform keeps of a user."""

    openid: str
    heard: list[Heard] = field(default_factory=list)
    windows: dict[str, tuple[int, float]] = field(default_factory=dict)
    typing: int = 0
    answered: set[str] = field(default_factory=set)


class AccountBook:
    """State behind the API; every method may be called from any thread."""

    def __init__(self) -> None:
        if os.environ.get("ENVIRONMENT") == "production":
            raise SystemExit("the simulated WeChat platform refuses ENVIRONMENT=production")
        self.appid = "wx" + secrets.token_hex(8)
        self.secret = secrets.token_hex(16)
        self.callback_token = secrets.token_hex(8)
        self.aes_key = secrets.token_hex(32)[:43]
        self.changed = threading.Condition()
        self.followers: dict[str, Follower] = {}
        self.tokens: dict[str, float] = {}
        self.media: dict[str, tuple[bytes, str]] = {}
        self.codes: dict[str, str] = {}
        self.templates: dict[str, str] = {}
        self.menu: Json = {}
        self.faults: list[tuple[str, int, int]] = []
        self.calls: list[tuple[str, Json]] = []
        self.tokens_issued = 0
        self.forced = 0
        self._later = 0.0

    def now(self) -> float:
        """The platform's clock, which a test may put forward."""
        return time.time() + self._later

    def hours_pass(self, hours: float) -> None:
        """Let windows close and tokens grow old."""
        self._later += hours * 3600

    def follower(self, openid: str) -> Follower:
        """The follower, known from the first message on."""
        with self.changed:
            return self.followers.setdefault(openid, Follower(openid))

    # ── access tokens ──────────────────────────────────────────────────────────────────────────────

    def stable_token(self, appid: str, secret: str, *, force: bool) -> Json:
        """One token for all who ask, until it is forced or nears its end."""
        if appid != self.appid:
            raise Refusal(40013, "invalid appid")
        if secret != self.secret:
            raise Refusal(40125, "invalid appsecret")
        with self.changed:
            current = next(reversed(self.tokens), "")
            if force:
                self.forced += 1
                if self.forced > 20:
                    raise Refusal(45009, "reach max api daily quota limit")
            if force or self.tokens.get(current, 0) - self.now() < OVERLAP_SECONDS:
                if current:
                    self.tokens[current] = min(self.tokens[current], self.now() + OVERLAP_SECONDS)
                current = secrets.token_urlsafe(96)
                self.tokens[current] = self.now() + TOKEN_SECONDS
                self.tokens_issued += 1
            return {"access_token": current, "expires_in": int(self.tokens[current] - self.now())}

    def rotate_tokens(self) -> None:
        """As if somebody else had fetched tokens without us: every one we know is void."""
        with self.changed:
            self.tokens.clear()

    def check_token(self, token: str) -> None:
        if not token:
            raise Refusal(41001, "access_token missing")
        with self.changed:
            until = self.tokens.get(token)
        if until is None:
            raise Refusal(40001, "invalid credential, access_token is invalid or not latest")
        if until < self.now():
            raise Refusal(42001, "access_token expired")

    # ── quotas ─────────────────────────────────────────────────────────────────────────────────────

    def open_window(self, openid: str, opening: str) -> None:
        messages, seconds = WINDOWS[opening]
        with self.changed:
            self.follower(openid).windows[opening] = (messages, self.now() + seconds)

    def spend(self, openid: str) -> None:
        """Take one message of the open windows; 45015 without a window, 45047 when they are used up."""
        with self.changed:
            if openid not in self.followers:
                raise Refusal(40003, "invalid openid")
            windows = self.followers[openid].windows
            opened = [name for name, (_, until) in windows.items() if until > self.now()]
            if not opened:
                raise Refusal(45015, "response out of time limit or subscription is canceled")
            for name in sorted(opened):
                left, until = windows[name]
                if left > 0:
                    windows[name] = (left - 1, until)
                    return
            raise Refusal(45047, "out of response count limit")

    # ── chats ──────────────────────────────────────────────────────────────────────────────────────

    def hear(self, openid: str, message: Heard) -> None:
        """Something appears in the follower's chat."""
        if len(message.text.encode()) > TEXT_BYTES:
            raise Refusal(45002, "content size out of limit")
        with self.changed:
            self.follower(openid).heard.append(message)
            self.changed.notify_all()

    def fault(self, path: str, code: int, times: int = 1) -> None:
        """Answer the next ``times`` calls of ``path`` with an errcode; 0 breaks the connection."""
        with self.changed:
            self.faults.append((path, code, times))

    def take_fault(self, path: str) -> int | None:
        with self.changed:
            for place, (where, code, times) in enumerate(self.faults):
                if where == path and times > 0:
                    self.faults[place] = (where, code, times - 1)
                    return code
        return None
