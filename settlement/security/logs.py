"""Logs of all processes: one JSON object a line on standard output, without bodies, scrubbed as a last net.

Personal values are not to be logged at all; what slips through in a message of some library is masked here.
"""

from __future__ import annotations

import logging
import sys
from asyncio import CancelledError
from typing import Any

import structlog
from structlog.types import EventDict, Processor, WrappedLogger

from settlement.security import tokens
from settlement.security.masks import NOTHING
from settlement.security.numbers import find

# Their INFO lines hold whole addresses, and with them access tokens.
_QUIET = ("httpx", "httpcore", "urllib3", "asyncio", "aiosqlite")
_OMITTED = frozenset({
    "body", "text", "payload", "content", "message_text", "request_body", "response_body", "form", "fields",
    "headers", "cookie", "cookies", "authorization", "secret", "password", "token",
})  # fmt: skip
_KEPT = frozenset({"timestamp", "level", "logger", "process"})


def configure(process_name: str, level: int = logging.INFO) -> None:
    """Send the lines of structlog and of the standard library the same way. Called once, at the start."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _Named(process_name),
    ]
    structlog.configure(
        processors=[
            *shared,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder()],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                scrub,
                structlog.processors.JSONRenderer(ensure_ascii=False, default=_unknown),
            ],
        )
    )
    handler.addFilter(_is_news)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def _is_news(record: logging.LogRecord) -> bool:
    """Not that a stop met a database call: the pool closes that connection, and nothing is lost."""
    ended = record.exc_info is not None and isinstance(record.exc_info[1], CancelledError)
    return not (ended and record.name.startswith("sqlalchemy.pool"))


def scrub(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Leave out what is never logged, and mask every number that the tokeniser would take."""
    return {
        key: value if key in _KEPT else "omitted" if key in _OMITTED else _clean(value)
        for key, value in event.items()
    }


class _Named:
    def __init__(self, process_name: str) -> None:
        self._name = process_name

    def __call__(self, logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
        event["process"] = self._name
        return event


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return _masked(value)
    if isinstance(value, bool | float) or value is None:
        return value
    if isinstance(value, int):
        return NOTHING if find(str(value)) else value
    if isinstance(value, dict):
        return {
            _masked(str(key)): "omitted" if key in _OMITTED else _clean(item) for key, item in value.items()
        }
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean(item) for item in value]
    return _masked(_unknown(value))


def _masked(text: str) -> str:
    text = tokens.PATTERN.sub(lambda match: f"{tokens.OPENING}{match[1]}{tokens.CLOSING}", text)
    parts: list[str] = []
    last = 0
    for span in find(text):
        parts += [text[last : span.start], NOTHING]
        last = span.end
    return "".join([*parts, text[last:]])


def _unknown(value: Any) -> str:
    """An object without a form of its own: its class, for its repr may hold anything."""
    return value.isoformat() if hasattr(value, "isoformat") else f"<{type(value).__name__}>"
