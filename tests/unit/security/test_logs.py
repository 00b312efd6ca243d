"""Logs: one JSON object a line, and no number of a person in it, whichever way it came there."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from settlement.security.logs import configure

ID, CARD, PHONE = "11010519491231002X", "6222020000000000000", "13800138000"


@pytest.fixture(autouse=True)
def _configured() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    structlog.reset_defaults()
    yield
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


def _lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_line_says_when_where_and_what(capsys: pytest.CaptureFixture[str]) -> None:
    configure("actions")
    structlog.get_logger("x").info("login", broker="0127", count=3, took=0.25, ok=True, nothing=None)
    (line,) = _lines(capsys)
    assert str(line.pop("timestamp")).endswith("Z")
    assert line == {
        "event": "login", "broker": "0127", "count": 3, "took": 0.25, "ok": True, "nothing": None,
        "level": "info", "logger": "x", "process": "actions",
    }  # fmt: skip


@pytest.mark.parametrize(
    "value", [ID, CARD, PHONE, "6222 0200 0000 0000 000", "幺三八零零幺三八零零零", int(CARD)]
)
def test_a_number_is_masked_in_values_messages_and_inside_of_things(
    capsys: pytest.CaptureFixture[str], value: object
) -> None:
    configure("actions")
    structlog.get_logger("x").warning(
        f"seen {value}", value=value, deep={"list": [value, (value,)], value: 1}
    )
    logging.getLogger("library").error("failed with %s", value)
    out = capsys.readouterr().out
    assert len(out.splitlines()) == 2
    assert str(value) not in out
    assert "＊＊＊" in out


def test_a_number_is_masked_in_a_trace(capsys: pytest.CaptureFixture[str]) -> None:
    configure("actions")
    try:
        int(f"bad card {CARD}")
    except ValueError:
        structlog.get_logger("x").exception("broke")
        logging.getLogger("library").exception("broke")
    first, second = _lines(capsys)
    for line in (first, second):
        assert "'bad card ＊＊＊'" in str(line["exception"])


def test_bodies_and_secrets_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    configure("actions")
    structlog.get_logger("x").info("request", text="张三", body={"name": "张三"}, deep={"password": "张三"})
    (line,) = _lines(capsys)
    assert (line["text"], line["body"], line["deep"]) == ("omitted", "omitted", {"password": "omitted"})


def test_a_token_loses_its_id(capsys: pytest.CaptureFixture[str]) -> None:
    configure("actions")
    structlog.get_logger("x").info("turn", note="⟦id_number:k3jd82ma9x0q⟧")
    assert _lines(capsys)[0]["note"] == "⟦id_number⟧"


def test_an_object_is_named_by_its_class_and_not_shown(capsys: pytest.CaptureFixture[str]) -> None:
    class Person:
        def __repr__(self) -> str:
            return "张三"

    configure("actions")
    structlog.get_logger("x").info("turn", who=Person())
    assert _lines(capsys)[0]["who"] == "<Person>"


def test_what_belongs_into_logs_survives(capsys: pytest.CaptureFixture[str]) -> None:
    configure("actions")
    kept = {
        "case": "JS-KMTR-WQZP",
        "at": "2025-11-22T10:30:00Z",
        "broker": "0127",
        "took_ms": 1234,
        "port": 8080,
    }
    structlog.get_logger("x").info("turn", **kept)
    line = _lines(capsys)[0]
    assert {name: line[name] for name in kept} == kept


def test_libraries_that_log_addresses_are_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    configure("actions")
    logging.getLogger("httpx").info("HTTP Request: POST http://rasa/webhook?token=secret")
    assert capsys.readouterr().out == ""


def test_a_database_call_that_a_stop_met_is_no_error_and_a_broken_one_is(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure("console")
    for error in (asyncio.CancelledError(), OSError("gone")):
        for name in ("sqlalchemy.pool.impl.AsyncAdaptedQueuePool", "library"):
            logging.getLogger(name).error("while resetting", exc_info=error)
    told = [(line["logger"], str(line["exception"]).splitlines()[-1]) for line in _lines(capsys)]
    assert told == [
        ("library", "asyncio.exceptions.CancelledError"),
        ("sqlalchemy.pool.impl.AsyncAdaptedQueuePool", "OSError: gone"),
        ("library", "OSError: gone"),
    ]
