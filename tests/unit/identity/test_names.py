"""Names on the card and names as typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from settlement.errors import CustomerError
from settlement.identity import names

DOTS = "·•・･‧∙⋅."  # seven look-alikes and a full stop, each typed by somebody


@pytest.mark.parametrize("dot", [*DOTS, "．", "。"])
def test_every_interpunct_becomes_the_one_of_the_standard(dot: str) -> None:
    assert names.normalise(f"买买提{dot}阿不都拉") == "买买提·阿不都拉"


@pytest.mark.parametrize(
    "name",
    [
        "张三",
        " 张 三 ",
        "欧阳娜娜",
        "买买提·阿不都拉",
        "㛃娜",
        "䶮博",
        "𬭎伟",
        "龘龘",
        "王〇",
        "喆赟",
        "𠅤囧",
        "汉" * 50,
    ],
)
def test_names_with_rare_characters_are_taken(name: str) -> None:
    assert names.check(name) == names.normalise(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "张",
        "张3",
        "Zhang San",
        "张三!",
        "·张三",
        "张三·",
        "张··三",
        "张<b>",
        "汉" * 51,
        "张三①",
        "た なか",
    ],
)
def test_what_cannot_be_a_name_on_the_card_is_refused(name: str) -> None:
    with pytest.raises(CustomerError) as caught:
        names.check(name)
    assert caught.value.code == "name_malformed"


def test_names_are_compared_character_by_character() -> None:
    assert names.same("阿 不•都", "阿不·都")
    assert not names.same("吕伟", "呂伟")
    assert not names.same("张三", "张三丰")
    assert not names.same("張三", "张三")


def test_two_empty_names_are_nobody() -> None:
    assert not names.same("", " ")


def test_a_compatibility_character_is_the_one_that_it_stands_for() -> None:
    assert names.same("\uf9d1", "六")


def test_a_variation_mark_changes_nothing() -> None:
    assert names.same("葛\U000e0100亮", "葛亮")


@given(st.text(st.sampled_from("张王李赵钱孙周吴郑𬭎㛃" + DOTS + " \u3000\u200b"), max_size=60))
def test_normalising_twice_changes_nothing(name: str) -> None:
    once = names.normalise(name)
    assert names.normalise(once) == once
