"""Codes of companies, typed and said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from settlement.errors import CustomerError
from settlement.identity import broker_code

SAID = ["零〇", "一幺", "二两", "三", "四", "五", "六", "七拐", "八", "九勾"]


@pytest.mark.parametrize(
    "text",
    [
        "0127", "零幺二七", "零一二七", "〇幺两拐", "０１２７", "0 1 2 7", "0-1-2-7", "编号 0 1 2 7",
        "洞幺两拐", "代码0127，对吧", "就那个0127", "编号是零，幺，二，七", "0127，就是0127", "零1二7",
    ],
)  # fmt: skip
def test_typed_and_spoken_codes_are_read_with_their_leading_zero(text: str) -> None:
    assert broker_code.parse(text) == "0127"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "编号是多少",
        "127",
        "01270",
        "0127还是0368",
        "11010519491231002X",
        "一二三",
        "公司有一百家",
    ],
)
def test_what_holds_no_single_code_is_refused(text: str) -> None:
    with pytest.raises(CustomerError) as caught:
        broker_code.parse(text)
    assert caught.value.code == "broker_code_malformed"


@given(st.text("0123456789", min_size=4, max_size=4), st.data())
def test_any_mixture_of_typed_and_spoken_digits_is_the_code(code: str, data: st.DataObject) -> None:
    said = "".join(data.draw(st.sampled_from([digit, *SAID[int(digit)]])) for digit in code)
    assert broker_code.parse(said) == code
    assert broker_code.normalise(said) == code
