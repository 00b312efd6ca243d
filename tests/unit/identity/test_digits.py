"""Small numbers as people say them."""

from __future__ import annotations

import pytest

from settlement.identity.digits import counted


@pytest.mark.parametrize(
    ("said", "meant"),
    [("7", 7), ("12", 12), ("两", 2), ("十", 10), ("十二", 12), ("二十", 20), ("二十三", 23), ("一二", 12)],
)
def test_a_number_that_counts_is_understood_in_digits_and_in_words(said: str, meant: int) -> None:
    assert counted(said) == meant


@pytest.mark.parametrize("said", ["", "十十", "12十", "第一", "个", "²"])
def test_what_is_no_such_number_is_none(said: str) -> None:
    assert counted(said) is None
