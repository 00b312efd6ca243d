"""Names and addresses that are said to be such are found; questions about them and bank branches are not."""

from __future__ import annotations

import pytest

from settlement.security.named import find
from settlement.security.tokens import Kind


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("姓名应该是郑宇镇", "郑宇镇"),
        ("姓名：顾英昱", "顾英昱"),
        ("我叫顾英昱，要改卡", "顾英昱"),
        ("名字改成阿卜杜拉·买买提", "阿卜杜拉·买买提"),
        ("持卡人是乔明涵", "乔明涵"),
    ],
)
def test_a_name_is_found_where_it_is_called_one(text: str, value: str) -> None:
    assert [(span.kind, span.value) for span in find(text)] == [(Kind.NAME, value)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("地址应该是江西省赣州市宁都县学院镇明璐村15组41号", "江西省赣州市宁都县学院镇明璐村15组41号"),
        ("地址不对，应该是上海市徐汇区漕溪北路8号", "上海市徐汇区漕溪北路8号"),
        ("地址不对应该是上海市徐汇区漕溪北路8号", "上海市徐汇区漕溪北路8号"),
        ("住址改成长江路307号，其他都对", "长江路307号"),
        ("我住上海市徐汇区长江路３０７号13栋5单元904室", "我住上海市徐汇区长江路３０７号13栋5单元904室"),
    ],
)
def test_an_address_is_found(text: str, value: str) -> None:
    assert [(span.kind, span.value) for span in find(text)] == [(Kind.ADDRESS, value)]


@pytest.mark.parametrize(
    "text",
    [
        "姓名是不是写错了",
        "户名必须是本人吗",
        "姓名是对的，地址不对",
        "持卡人和身份证不一样怎么办",
        "地址在哪里改",
        "网点是上海市徐汇区漕溪北路12号支行",
        "上海分行徐汇支行",
        "我要修改结算账户",
        "地址：",
    ],
)
def test_other_words_are_left_as_they_are(text: str) -> None:
    assert find(text) == []
