"""Mobile numbers."""

from __future__ import annotations

import pytest

from settlement.errors import CustomerError
from settlement.identity import phone


@pytest.mark.parametrize(
    "written",
    [
        "13800000001",
        "+8613800000001",
        "+86 138 0000 0001",
        "0086-138-0000-0001",
        "8613800000001",
        "(+86)138-0000-0001",
        "１３８０００００００１",
        "138·0000·0001",
    ],
)
def test_every_way_of_writing_is_one_number(written: str) -> None:
    assert phone.parse(written) == "13800000001"


@pytest.mark.parametrize(
    "number", ["17000000001", "17100000001", "16500000001", "16700000001", "19200000001"]
)
def test_newer_ranges_and_virtual_operators_are_numbers_like_any_other(number: str) -> None:
    assert phone.parse(number) == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1380000000",
        "138000000012",
        "12800000001",
        "1064912345678",
        "021-50000000",
        "400-000-0127",
        "+8521234567",
    ],
)
def test_other_numbers_are_refused(text: str) -> None:
    with pytest.raises(CustomerError) as caught:
        phone.parse(text)
    assert caught.value.code == "phone_malformed"
