"""Divisions of the country tell what an address may begin with, and mend what the recogniser doubts."""

from __future__ import annotations

import pytest

from settlement.ocr.build_divisions import tables
from settlement.ocr.divisions import known, mended, spelled


def mend(text: str, doubted: str = "", rivals: str = "", code: str = "") -> str:
    """``text``, of which the characters in ``doubted`` are not sure and may be one of ``rivals``."""
    odds = tuple(0.5 if letter in doubted else 0.99 for letter in text)
    return mended(text, odds, tuple(rivals if letter in doubted else "" for letter in text), code)


def test_a_county_may_be_written_with_or_without_its_prefecture() -> None:
    assert spelled("340621") == ["安徽省淮北市濉溪县", "安徽省濉溪县", "淮北市濉溪县"]
    assert spelled("110105") == ["北京市朝阳区"]
    assert spelled("429005") == ["湖北省潜江市"]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("江苏省泰州市泰兴市朝阳路247号", "江苏省泰州市泰兴市"),
        ("广东省东莞市长安镇", "广东省东莞市"),
        ("辽宁省盖和平路429号", ""),
        ("市龙文区滨江街道", ""),
        ("", ""),
    ],
)
def test_the_beginning_of_an_address_is_known_or_not(text: str, named: str) -> None:
    assert text[: known(text)] == named


def test_a_doubtful_letter_of_a_county_is_mended_when_one_county_fits() -> None:
    assert mend("安徽省亳州市進城区友谊路", "進") == "安徽省亳州市谯城区友谊路"


def test_a_letter_that_the_recogniser_is_sure_of_is_never_changed() -> None:
    assert mend("安徽省亳州市進城区友谊路") == "安徽省亳州市進城区友谊路"
    # A district younger than the table differs from an older one by a letter.
    assert mend("浙江省杭州市临平区人民路") == "浙江省杭州市临平区人民路"


def test_a_name_of_a_county_is_known_within_a_street_as_well() -> None:
    assert mend("江苏省淮安市盱眙县滩溪路140号", "滩", "潍濉濰") == "江苏省淮安市盱眙县濉溪路140号"
    assert mend("成都市公安局武候区分局", "候", "侯使模") == "成都市公安局武侯区分局"


def test_a_common_word_is_not_taken_for_part_of_a_county() -> None:
    assert mend("杭州市公安局西湖分局", "局", "阳展") == "杭州市公安局西湖分局"


def test_what_light_swallowed_is_supplied_from_the_county_of_the_number_only() -> None:
    text = "云南省怒江梁族自治州泸水县建设北街515号"
    assert mend(text, "梁") == text
    assert mend(text, "梁", code="533321") == "云南省怒江傈僳族自治州泸水县建设北街515号"
    assert mend(text, "梁", code="110105") == text


def test_nothing_is_supplied_when_the_end_of_the_county_was_not_read() -> None:
    assert mend("辽宁省盖和平路429号", code="210881") == "辽宁省盖和平路429号"


def test_the_table_leaves_out_what_was_abolished_before_todays_cards() -> None:
    source = (
        "def get_address_code():\n return {'110000': '北京市'}\n"
        "def get_address_code_timeline():\n return {'210881': ["
        "{'address': '盖县', 'start_year': '', 'end_year': 1992}, "
        "{'address': '盖州市', 'start_year': 1992, 'end_year': ''}]}\n"
        "def get_constellation():\n return {1: 'x'}\n"
    )
    assert tables(source) == {"110000": {"北京市"}, "210881": {"盖州市"}}
