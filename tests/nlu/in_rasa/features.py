"""What sentences are compared by."""

from __future__ import annotations

import re
import unittest

from nlu.features import features, fold, in_pinyin, sounds_of
from nlu.words import Words


class Features(unittest.TestCase):
    """Characters, words, sounds and patterns."""

    def test_pinyin_sounds_like_the_characters_it_spells(self) -> None:
        expected = ["xiu", "gai", "jie", "suan", "zhang", "hu"]
        for typed in (
            "修改结算账户",
            "xiugai jiesuan zhanghu",
            "xiu gai jie suan zhang hu",
            "xiugaijiesuanzhanghu",
        ):
            assert sounds_of(typed) == expected, typed

    def test_a_typo_sounds_like_the_right_character(self) -> None:
        assert sounds_of("解邦") == sounds_of("解绑")

    def test_letters_that_are_no_pinyin_stay_as_they_are(self) -> None:
        assert sounds_of("app") == ["app"]
        assert sounds_of("vip卡") == ["vip", "ka"]

    def test_width_and_case_make_no_difference(self) -> None:
        assert fold("ＯＫ") == fold("ok")

    def test_the_reference_of_a_number_is_no_feature(self) -> None:
        one, other = "⟦card_number:aa2bb3cc4dd5⟧", "⟦card_number:zz2yy3xx4ww5:full⟧"
        assert features(one, [one]) == features(other, [other])
        assert features(one, [one]) != features("⟦id_number:aa2bb3cc4dd5⟧", ["⟦id_number:aa2bb3cc4dd5⟧"])

    def test_a_pattern_that_is_found_is_a_feature(self) -> None:
        patterns = [("broker_code", re.compile(r"[0-9]{4}"))]
        assert "r:broker_code" in features("编号0127", ["编号", "0127"], patterns)
        assert "r:broker_code" not in features("编号", ["编号"], patterns)

    def test_the_same_characters_are_told_apart_in_a_negation(self) -> None:
        patterns = [("negation", re.compile("别|不"))]
        assert "negation:放弃" in features("别放弃", ["别", "放弃"], patterns)
        assert "negation:放弃" not in features("放弃", ["放弃"], patterns)

    def test_hostile_text_has_features_too(self) -> None:
        for text in ("", " ", "\n", "😀", "a" * 5000, "ü" * 300, "⟦⟦⟧:", "\u202e卡", "‮", "zhang" * 1000):
            assert isinstance(features(text, [text]), list), text[:20]

    def test_a_sentence_is_spelt_word_by_word(self) -> None:
        assert in_pinyin(["换", "银行卡", "，", "谢谢"]) == ["huan", "yinhangka", "xiexie"]

    def test_what_is_too_short_or_not_chinese_is_not_spelt(self) -> None:
        for words in (["换卡"], ["编号", "是", "0127"], ["app", "上", "办理", "吗"], []):
            assert in_pinyin(words) == [], words


class Meanings(unittest.TestCase):
    """The table of word vectors."""

    def near(self, one: str, other: str) -> float:
        """The cosine of two words."""
        words = Words.load()
        a, b = words.vector(one), words.vector(other)
        return float(a @ b / (a @ a) ** 0.5 / (b @ b) ** 0.5)

    def test_words_of_like_meaning_are_near_without_a_character_in_common(self) -> None:
        assert self.near("老公", "丈夫") > 0.5
        assert self.near("投诉", "举报") > 0.5
        assert self.near("老公", "提交") < 0.2

    def test_a_word_that_is_not_in_the_table_is_the_mean_of_its_characters(self) -> None:
        words = Words.load()
        assert (words.vector("卡咔卡咔") == (words.vector("卡") + words.vector("咔")) / 2).all()

    def test_a_word_of_unknown_characters_means_nothing(self) -> None:
        assert not Words.load().vector("\u2e80\u2e81").any()
