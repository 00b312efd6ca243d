"""Sealed columns: the database file holds nothing readable."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, create_engine, insert, select, text

from settlement.security import columns
from settlement.security.columns import SealedText, use_keyring
from settlement.security.keys import Keyring, UnsealError

NAME = "买买提·阿卜杜拉"


def _table(purpose: str) -> Table:
    return Table(
        "people", MetaData(), Column("id", Integer, primary_key=True), Column("name", SealedText(purpose))
    )


@pytest.fixture(autouse=True)
def _ring(keyring: Keyring, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "_keyring", None)
    use_keyring(keyring)


def test_text_comes_back_and_the_file_does_not_hold_it(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'x.db'}")
    table = _table("people.name")
    with engine.begin() as connection:
        table.create(connection)
        connection.execute(insert(table), [{"name": NAME}, {"name": None}])
    with engine.connect() as connection:
        assert list(connection.scalars(select(table.c.name))) == [NAME, None]
        assert isinstance(connection.scalar(text("select name from people where id = 1")), bytes)
    assert NAME.encode() not in (tmp_path / "x.db").read_bytes()


def test_a_value_that_was_moved_to_another_column_does_not_open(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'x.db'}")
    with engine.begin() as connection:
        _table("people.name").create(connection)
        connection.execute(insert(_table("people.name")), [{"name": NAME}])
    with engine.connect() as connection, pytest.raises(UnsealError):
        list(connection.scalars(select(_table("people.address").c.name)))


def test_without_a_keyring_nothing_is_written_in_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "_keyring", None)
    with pytest.raises(RuntimeError):
        SealedText("people.name").process_bind_param(NAME, create_engine("sqlite://").dialect)
