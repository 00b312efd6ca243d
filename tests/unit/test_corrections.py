"""What a customer says is wrong, and nothing else, is changed (R-036)."""

from __future__ import annotations

import pytest

from actions.corrections import correction_in, digits_in, mended, spoken_field, swap_in
from settlement.errors import CustomerError

CARD = {"card_number": "6228485607505498003", "branch": "沈阳分行铁西支行"}
PERSON = {"name": "陈坤", "address": "安徽省淮北市滩溪县坤元路3号", "id_number": "11010519491231002X"}


@pytest.mark.parametrize(
    ("said", "places"),
    [
        ("卡号第5位是8", [(5, "8")]),
        ("第五位应该是3", [(5, "3")]),
        ("卡号第12位不是3，是8", [(12, "8")]),
        ("第十二位识别错了，应该是幺", [(12, "1")]),
        ("倒数第二位是6", [(-2, "6")]),
        ("身份证号最后一位是x", [(-1, "X")]),
        ("第1位是6，第3位应该是2", [(1, "6"), (3, "2")]),
        ("第5位是87", []),
        ("第十十位是8", []),
        ("第5位不对", []),
        ("卡号不对", []),
    ],
)
def test_the_place_and_the_digit_are_understood(said: str, places: list[tuple[int, str]]) -> None:
    assert digits_in(said) == places


@pytest.mark.parametrize(
    ("said", "swap"),
    [
        ("名字里是堃不是坤", ("坤", "堃")),
        ("是堃，不是坤，帮我改一下", ("坤", "堃")),
        ("名字不是坤，是堃", ("坤", "堃")),
        ("把坤改成堃", ("坤", "堃")),
        ("坤字应该是堃", ("坤", "堃")),
        ("住址里是濉溪不是滩溪啊", ("滩溪", "濉溪")),
        ("不是建行，是农行", ("建行", "农行")),
        ("把网点改成沈阳分行", None),
        ("姓名应该是张三", None),
        ("对不对", None),
    ],
)
def test_old_and_new_are_told_apart(said: str, swap: tuple[str, str] | None) -> None:
    assert swap_in(said) == swap


def test_one_digit_changes_and_the_others_stay() -> None:
    assert mended("卡号第5位是8", CARD, "card_number") == ("card_number", "6228885607505498003")
    assert mended("最后一位是4", CARD, "card_number") == ("card_number", "6228485607505498004")


def test_one_character_of_the_name_changes_and_the_same_one_in_the_address_stays() -> None:
    assert mended("名字里是堃不是坤", PERSON, "id_number") == ("name", "陈堃")


def test_a_part_that_stands_in_one_field_alone_needs_no_name_of_the_field() -> None:
    assert mended("是濉溪，不是滩溪", PERSON, "id_number") == ("address", "安徽省淮北市濉溪县坤元路3号")


@pytest.mark.parametrize("said", ["是堃不是坤", "名字里是堃不是锟"])
def test_a_part_that_stands_twice_or_nowhere_is_asked_about(said: str) -> None:
    with pytest.raises(CustomerError, match="correction_unclear"):
        mended(said, PERSON, "id_number")


@pytest.mark.parametrize("said", ["卡号第20位是8", "倒数第二十位是1"])
def test_a_place_that_the_number_has_not_is_told(said: str) -> None:
    with pytest.raises(CustomerError, match="correction_place") as error:
        mended(said, CARD, "card_number")
    assert error.value.facts == {"length": "19"}


@pytest.mark.parametrize(
    "said", ["不是建行，是农行", "开户行不对，是建设银行", "我是本人不是代办", "网点改成沈阳分行", "对的"]
)
def test_what_is_about_something_else_changes_nothing(said: str) -> None:
    assert mended(said, CARD, "card_number") is None


def test_the_customers_words_for_a_field_are_known() -> None:
    assert spoken_field("开户行不对，是建设银行") == "bank"
    assert spoken_field("身份证号第3位是1") == "id_number"
    assert spoken_field("你好") is None


def test_a_whole_value_is_still_taken_whole() -> None:
    assert correction_in("姓名应该是张三", {"姓名": "name"}) == ("name", "张三")
