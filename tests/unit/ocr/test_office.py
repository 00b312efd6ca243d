"""The office that issued an identity card, when light or the recogniser spoilt a part of its name."""

from __future__ import annotations

import pytest

from settlement.ocr.back import parse_back
from settlement.ocr.reading import ReadField
from tests.unit.ocr.written import line, unsure


def issued(office: str) -> ReadField:
    return parse_back([line("签发机关", 50, 300), line(office, 200, 300)])["authority"]


@pytest.mark.parametrize("office", ["杭州市公安局西", "济南市公安局分局", "公安局朝阳分局", "县公安局"])
def test_an_office_of_which_a_part_is_missing_makes_the_back_incomplete(office: str) -> None:
    assert issued(office).torn


def test_an_office_of_no_division_that_the_table_knows_is_marked() -> None:
    fields = parse_back([line("签发机关", 50, 300), line("龙水县公安局", 200, 300)])
    assert (fields["authority"].value, fields["authority"].doubtful) == ("龙水县公安局", True)


def test_a_branch_is_mended_from_the_counties_of_its_city() -> None:
    read = unsure("亳州市公安局道城分局", {6: 0.3}, {6: "邀遗谯"}, 200)
    office = parse_back([line("签发机关", 50, 300), read])["authority"]
    assert (office.value, office.doubtful) == ("亳州市公安局谯城分局", True)


def test_police_that_was_misread_does_not_become_a_county() -> None:
    read = unsure("亳州市公安易道城分局", {0: 0.6, 6: 0.5, 5: 0.6}, {5: "局扇", 6: "邀谯"}, 200)
    assert parse_back([line("签发机关", 50, 300), read])["authority"].value == "亳州市公安局谯城分局"


def test_a_rare_letter_taken_for_a_common_one_with_certainty_is_put_right_and_marked() -> None:
    read = unsure("沪水县公安局", {}, {0: "泸护户"}, 200)
    office = parse_back([line("签发机关", 50, 300), read])["authority"]
    assert (office.value, office.doubtful) == ("泸水县公安局", True)


@pytest.mark.parametrize(
    ("left", "office"),
    [
        ("深圳市局南山分局", "深圳市公安局南山分局"),
        ("济南市历下区分局", "济南市公安局历下区分局"),
        ("公安局船营分局", "吉林市公安局船营分局"),
        ("市公安局船营分局", "吉林市公安局船营分局"),
    ],
)
def test_police_or_the_city_that_light_swallowed_is_supplied_and_marked(left: str, office: str) -> None:
    read = issued(left)
    assert (read.value, read.doubtful, read.torn) == (office, True, False)


@pytest.mark.parametrize("left", ["深圳市局朝阳分局", "公安局新华分局", "公安局无此分局"])
def test_a_branch_that_no_city_or_several_have_is_not_supplied(left: str) -> None:
    assert issued(left).torn


@pytest.mark.parametrize("office", ["关岭布依族苗族自治县公安局", "机盱眙县公安局", "关盱眙县公安局"])
def test_what_is_left_of_the_label_is_no_part_of_the_office(office: str) -> None:
    expected = office if office.startswith("关岭") else "盱眙县公安局"
    assert issued(office).value == expected


def test_a_traditional_letter_gives_way_to_the_one_that_names_a_county() -> None:
    read = unsure("絳县公安局", {0: 0.66}, {0: "洚绛降"}, 200)
    office = parse_back([line("签发机关", 50, 300), read])["authority"]
    assert (office.value, office.doubtful) == ("绛县公安局", True)
