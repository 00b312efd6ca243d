"""The page and its files, whether this process is well, and the text messages of an embedded run."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sanic import Blueprint, HTTPResponse, Request
from sanic.response import empty, raw
from sanic.response import json as json_response

from channels.guard import services
from channels.services import App
from settlement.clock import beijing
from settlement.errors import CustomerError, OperatorError
from settlement.ports.sms import LocalSms
from settlement.settings import ROOT

blueprint = Blueprint("pages")

DIST = ROOT / "widget" / "dist"
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
}
LOADER = "loader.js"


@dataclass(frozen=True)
class _File:
    content: bytes
    zipped: bytes
    mime: str
    tag: str


def _load(folder: Path) -> dict[str, _File]:
    """All files of the page, read and compressed once: nothing else on the disk can ever be asked for."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix in _TYPES:
            content = path.read_bytes()
            tag = f'"{hashlib.sha256(content).hexdigest()[:20]}"'
            name = path.relative_to(folder).as_posix()
            found[name] = _File(content, gzip.compress(content, 9, mtime=0), _TYPES[path.suffix], tag)
    return found


_FILES = _load(DIST)


def require_built(files: Collection[str]) -> None:
    """Raise ``OperatorError`` when there is no page to serve; nobody should learn it from a customer."""
    if "index.html" not in files:
        raise OperatorError("the page is not built: ./run setup makes widget/dist")


@blueprint.before_server_start
async def look_at_the_page(app: App) -> None:
    """A gateway without its page does not start."""
    require_built(_FILES)


def _serve(request: Request, name: str) -> HTTPResponse:
    file = _FILES.get(name)
    if file is None:
        raise CustomerError("not_found")
    # A built file's name changes with its content; the others are asked for again each time, and answered
    # with nothing when unchanged: no stale mix of two releases.
    lasting = "public, max-age=31536000, immutable" if name.startswith("assets/") else "no-cache"
    headers = {"Cache-Control": lasting, "ETag": file.tag, "Vary": "Accept-Encoding"}
    if name == LOADER and services(request).settings.embedders:
        headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    if request.headers.get("if-none-match") == file.tag:
        return empty(status=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return raw(file.zipped, content_type=file.mime, headers={**headers, "Content-Encoding": "gzip"})
    return raw(file.content, content_type=file.mime, headers=headers)


@blueprint.get("/")
async def page(request: Request) -> HTTPResponse:
    """The customer's page."""
    return _serve(request, "index.html")


@blueprint.get("/widget/<name:path>")
async def part(request: Request, name: str) -> HTTPResponse:
    """A script, a style sheet or a picture of the page."""
    return _serve(request, name)


@blueprint.get("/health")
async def health(request: Request) -> HTTPResponse:
    """200 when Redis answers; Rasa's state is its own affair, for a conversation survives its restart."""
    await services(request).redis.ping()
    return json_response({"status": "ok"})


def _local_sms(request: Request) -> LocalSms:
    use = services(request)
    if use.settings.production or use.settings.sms != "local" or not isinstance(use.ports.sms, LocalSms):
        raise CustomerError("not_found")
    return use.ports.sms


@blueprint.get("/inbox")
async def inbox_page(request: Request) -> HTTPResponse:
    """The text messages that a phone would have received; there is no such page in production."""
    _local_sms(request)
    return _serve(request, "inbox.html")


@blueprint.get("/api/inbox")
async def inbox(request: Request) -> HTTPResponse:
    """The same, for programs: the newest first; times in Beijing time."""
    messages = await _local_sms(request).inbox()
    return json_response([{**sms.model_dump(exclude={"at"}), "at": _shown(sms.at)} for sms in messages])


def _shown(moment: datetime) -> str:
    return beijing(moment).isoformat(timespec="seconds")
