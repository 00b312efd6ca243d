"""A typed answer finds the numbered option that it means, and nothing else."""

from __future__ import annotations

import pytest

from channels.messenger.options import Option, chosen

TITLES = ["对，下一步", "不对，换一家", *(f"银行{n}" for n in range(3, 13))]
OPTIONS = [Option(f"button-{number}", title) for number, title in enumerate(TITLES, 1)]


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("1", 1), ("１", 1), ("①", 1), (" 1 ", 1), ("1。", 1), ("选1", 1), ("选 1", 1), ("第一个", 1),
        ("第1个", 1), ("一", 1), ("我选第二个", 2), ("选二", 2), ("第二家吧", 2), ("2号", 2), ("要第三个", 3),
        ("选择第3项", 3), ("回复2", 2), ("十", 10), ("第十二个", 12), ("12", 12), ("对，下一步", 1),
        ("对下一步", 1), ("不对，换一家", 2), ("2. 不对，换一家", 2), ("2、不对，换一家", 2), ("点1", 1),
        ("二：不对换一家", 2), ("两", 2), ("我要第五个", 5),
    ],
)  # fmt: skip
def test_these_words_choose(words: str, number: int) -> None:
    assert chosen(words, OPTIONS) == OPTIONS[number - 1]


@pytest.mark.parametrize(
    "words",
    [
        "0", "13", "99", "0127", "123456", "3494", "好的", "", "一下", "第一次办理", "我有两张卡", "十三",
        "1张卡还是2张", "310104198208235053", "下一步", "/choose", "2. 别的话", "上海分行第一支行",
    ],
)  # fmt: skip
def test_these_words_are_no_choice(words: str) -> None:
    assert chosen(words, OPTIONS) is None


def test_without_options_nothing_is_chosen() -> None:
    assert chosen("1", []) is None
