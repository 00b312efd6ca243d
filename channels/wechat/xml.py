"""The platform's flat XML: read without document types (and so without entities), written with CDATA."""

from __future__ import annotations

from xml.parsers import expat

from channels.wechat.crypto import NotGenuineError

MOST_BYTES = 64 * 1024


def read(body: bytes) -> dict[str, str]:
    """The fields of ``<xml>``; those that nest (menus, pictures, articles) are left out.

    ``NotGenuineError`` for anything that the platform would not send.
    """
    if len(body) > MOST_BYTES:
        raise NotGenuineError("size")
    reader = _Reader()
    try:
        reader.parser.Parse(body, True)
    except (expat.ExpatError, ValueError):
        raise NotGenuineError("xml") from None
    return reader.fields


class _Reader:
    """Entities can only be declared in a document type; who sends one is not the platform."""

    def __init__(self) -> None:
        self.fields: dict[str, str] = {}
        self._path: list[str] = []
        self._text: list[str] = []
        self._nests = False
        self.parser = expat.ParserCreate("utf-8")
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text.append

    def _doctype(self, *_: object) -> None:
        raise NotGenuineError("xml")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if not self._path and name != "xml":
            raise NotGenuineError("xml")
        self._path.append(name)
        self._nests = len(self._path) > 2
        self._text.clear()

    def _end(self, name: str) -> None:
        if len(self._path) == 2 and not self._nests:
            self.fields[name] = "".join(self._text).strip()
        self._path.pop()


def write(fields: dict[str, str | int | dict[str, str]]) -> str:
    """``fields`` as ``<xml>``; numbers stand bare, texts in CDATA, dicts nest once."""
    return f"<xml>{_inside(fields)}</xml>"


def _inside(fields: dict[str, str | int | dict[str, str]] | dict[str, str]) -> str:
    return "".join(f"<{name}>{_value(value)}</{name}>" for name, value in fields.items())


def _value(value: str | int | dict[str, str]) -> str:
    match value:
        case int():
            return str(value)
        case dict():
            return _inside(value)
        case _:
            return "<![CDATA[" + value.replace("]]>", "]]]]><![CDATA[>") + "]]>"
