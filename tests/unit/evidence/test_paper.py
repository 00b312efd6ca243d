"""The paper before it is signed: equal values, equal bytes; every character is there."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime

import pypdfium2
import pytest

from settlement.evidence.markdown import blocks
from settlement.evidence.paper import PaperCard, PaperDocument, PaperError, company_seal, handwriting, render
from settlement.settings import ROOT
from tests.unit.evidence.workshop import BROKER, ID_NUMBER, NAME, PHOTO, paper_with

AT = datetime(2026, 11, 1, 2, 0, tzinfo=UTC)


def text_of(pdf: bytes) -> str:
    """The text as a reader would copy it."""
    document = pypdfium2.PdfDocument(pdf)
    return "".join(page.get_textpage().get_text_bounded() for page in document)


def test_equal_values_give_equal_bytes() -> None:
    assert render(paper_with(), AT) == render(paper_with(), AT)


def test_equal_values_give_equal_bytes_in_another_process() -> None:
    code = (
        "import hashlib; from datetime import UTC, datetime; from settlement.evidence.paper import render;"
        "from tests.unit.evidence.workshop import paper_with;"
        "print(hashlib.sha256(render(paper_with(), datetime(2026, 11, 1, 2, tzinfo=UTC))).hexdigest())"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout
        for _ in range(2)
    }
    assert len(runs) == 1


def test_another_value_or_time_gives_other_bytes() -> None:
    first = render(paper_with(), AT)
    assert render(paper_with(content_sha256="ac" * 32), AT) != first
    assert render(paper_with(), AT.replace(hour=3)) != first


def test_every_clause_and_every_fact_stands_on_the_paper() -> None:
    text = "".join(text_of(render(paper_with(), AT)).split())
    for wanted in (NAME, ID_NUMBER, "6212260200000000012", "工商银行", "ab" * 8, "第一章定义", "签署页"):
        assert wanted in text
    for document in BROKER.documents:
        last = document.body.strip().splitlines()[-1].lstrip("0123456789. ")
        assert "".join(last.replace("*", "").split()) in text, document.id


def test_the_fonts_are_inside_and_only_what_is_used_of_them() -> None:
    pdf = render(paper_with(), AT)
    assert b"/FontFile3" in pdf
    assert len(pdf) < 600_000  # the two fonts alone have 20 MB


@pytest.mark.parametrize("name", ["𬭎㛃𫟼", "䶮堃犇", "阿依古丽·买买提", "欧阳上官"])
def test_rare_characters_of_names_are_printed(name: str) -> None:
    card = PaperCard(number="1", holder=name, bank="b", branch="", replaces="0018")
    assert name in text_of(render(paper_with(cards=[card]), AT))


@pytest.mark.parametrize("missing", ["😀", "𠮷", "\uf8ff"])
def test_a_character_without_a_glyph_is_an_error_that_does_not_name_it(missing: str) -> None:
    card = PaperCard(number="1", holder=NAME + missing, bank="b", branch="", replaces=None)
    with pytest.raises(PaperError) as caught:
        render(paper_with(cards=[card]), AT)
    assert missing not in str(caught.value)
    assert NAME not in str(caught.value)


def test_what_looks_like_markup_is_printed_as_it_is() -> None:
    tricky = '#import "x"; $a$ *b* \\ `c` <d> @e [f] // g'
    card = PaperCard(number="1", holder=tricky, bank="b", branch="", replaces=None)
    assert tricky.replace(" ", "") in text_of(render(paper_with(cards=[card]), AT)).replace(" ", "")


def test_the_markdown_of_trainers_is_set() -> None:
    body = "# 甲\n\n一**二**三~~四~~\n\n- 五\n- 六\n\n3. 七\n\n   八\n\n> 九\n\n---\n\n"
    body += "| 十 | 百 |\n|---|---|\n| 千 | 万 |\n"
    document = PaperDocument(title="t", version="1", effective_from="d", sha256="ab", blocks=blocks(body))
    text = "".join(text_of(render(paper_with(documents=[document]), AT)).split())
    assert "一二三四" in text
    assert all(one in text for one in "甲五六七八九十百千万")
    assert "3.七" in text


def test_links_html_and_pictures_stay_what_was_typed() -> None:
    kinds = blocks("[a](http://x) <b>c</b> ![d](e)")
    assert kinds == [
        {"kind": "paragraph", "parts": [{"kind": "text", "text": "[a](http://x) <b>c</b> ![d](e)"}]}
    ]


@pytest.mark.parametrize("photo", [PHOTO, None])
def test_the_visible_signature_and_the_seal_fit_one_page(photo: bytes | None) -> None:
    hand = handwriting(BROKER.paper, NAME, "1A2B", "2026-11-01 10:00:00", photo, AT)
    seal = company_seal(BROKER.paper, "一家名字特别特别长的测试用期货有限责任公司", "2026-11-01", AT)
    assert [len(pypdfium2.PdfDocument(one)) for one in (hand, seal)] == [1, 1]
    assert "1A2B" in text_of(hand)
