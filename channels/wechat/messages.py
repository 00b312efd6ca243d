"""What the platform's messages and events mean to us."""

from __future__ import annotations

from collections.abc import Mapping

from channels.messenger.quota import Opening
from channels.messenger.reception import Said
from channels.messenger.texts import Texts
from channels.wechat.envelope import identity
from settlement.errors import CustomerError
from settlement.identity.broker_code import parse as parse_broker_code

SCENE = "qrscene_"


def said(fields: Mapping[str, str], texts: Texts) -> Said | None:
    """The message; None for what needs no answer (locations, page views, reports on templates …)."""
    user, name = fields.get("FromUserName", ""), identity(fields)
    if not user:
        return None
    match fields.get("MsgType"):
        case "text":
            option = fields.get("bizmsgmenuid", "")
            # A tap on a menu counts as a click, whatever it says.
            opening: Opening = "click" if option else "words"
            words = fields.get("Content", "")
            return Said(user, name, "text", text=words, option=option, opening=opening)
        case "image" if fields.get("MediaId"):
            return Said(user, name, "photo", media=fields["MediaId"])
        case "voice":
            return Said(user, name, "voice")
        case "event":
            return _event(user, name, fields, texts)
        case _:
            return Said(user, name, "other")


def _event(user: str, name: str, fields: Mapping[str, str], texts: Texts) -> Said | None:
    key = fields.get("EventKey", "")
    match fields.get("Event"):
        case "subscribe":
            return Said(user, name, "hello", broker=_broker(key.removeprefix(SCENE)), opening="click")
        case "SCAN":
            return Said(user, name, "hello", broker=_broker(key), opening="click")
        case "CLICK" if words := texts.of_menu(key):
            return Said(user, name, "menu", text=words, opening="click")
        case "unsubscribe":
            return Said(user, name, "left")
        case _:
            return None


def _broker(scene: str) -> str | None:
    """The company of a QR code's scene; whether it exists is for the assistant to say (R-003)."""
    try:
        return parse_broker_code(scene) if scene else None
    except CustomerError:
        return None
