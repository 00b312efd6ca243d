"""What a company asks for by a line of its files: one more photo, the bank card by photo, a bank it links."""

from __future__ import annotations

import json
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conversations.player import PHOTOS, Player
from tests.conversations.stack import Stack

PERSON = "郑宇振"
NAMED = "居住证正面"
PLAIN = "  - code: SPABANK\n"


@pytest.fixture(scope="module")
def asking() -> Iterator[Stack]:
    """The assistant with 0127 asking for one more document, as docs/trainers/photo.md has it."""
    with tempfile.TemporaryDirectory(prefix="photo-") as folder:
        stack = Stack(Path(folder))
        broker = stack.brokers / "0127" / "broker.yml"
        text = broker.read_text(encoding="utf-8")
        kinds = "kinds: [id_front, id_back, signature]"
        by_hand = "bank_card_required: false"
        assert kinds in text
        assert by_hand in text
        broker.write_text(
            text.replace(
                kinds, f"kinds: [id_front, id_back, signature, extra_1]\n  names: {{extra_1: {NAMED}}}"
            ).replace(by_hand, "bank_card_required: true"),
            encoding="utf-8",
        )
        banks = stack.brokers / "0127" / "banks.yml"
        listed = banks.read_text(encoding="utf-8")
        assert PLAIN in listed
        banks.write_text(listed.replace(PLAIN, f"{PLAIN}    linked_by_broker: true\n"), encoding="utf-8")
        try:
            stack.start()
            yield stack
        finally:
            stack.stop()


@pytest.mark.conversation
def test_the_further_photo_is_asked_for_by_its_name_and_kept_with_the_case(asking: Stack) -> None:
    player = Player(asking, PERSON, "0127")
    player.play({"办到": "extra_1"})
    said = "".join(message["text"] or "" for message in player.last)
    cards = [message["card"] for message in player.last if message["card"]]
    assert NAMED in said
    assert [(card["kind"], card["title"]) for card in cards] == [("extra_1", NAMED)]
    player.customer.say("可以不拍吗")
    assert player.step() == "extra_1"
    player.customer.photo(PHOTOS / "bank_15.jpg", "extra_1")
    assert player.step() == "identity"
    with sqlite3.connect(asking.state / "cases.db") as database:
        kinds = [
            row[0] for row in database.execute("SELECT kind FROM case_images WHERE in_use ORDER BY kind")
        ]
    assert kinds == ["extra_1", "id_back", "id_front", "signature"]
    player.customer.say("上一步")
    assert player.step() == "extra_1"


@pytest.mark.conversation
def test_a_company_that_asks_for_none_never_shows_the_step(asking: Stack) -> None:
    player = Player(asking, "顾英昱", "0368")
    player.play({"办到": "identity"})
    heard = json.dumps(player.customer.heard, ensure_ascii=False)
    assert "extra_1" not in heard
    player.customer.say("上一步")
    assert player.step() == "signature"


@pytest.mark.conversation
def test_a_card_is_typed_only_after_a_photo_where_the_company_wants_one(asking: Stack) -> None:
    asking.give_up_unfinished(PERSON)
    player = Player(asking, PERSON, "0127")
    player.play({"办到": "extra_1"})
    player.play({"发": "bank_15.jpg", "当作": "extra_1"})
    player.play({"办到": "bank_card"})
    player.play({"点": "手动填写", "助手": "要求先拍银行卡照片", "步骤": "bank_card"})
    player.play({"说": "卡号6228485607505498003", "助手": "要求先拍银行卡照片", "步骤": "bank_card"})
    player.play({"发": "blank.jpg", "当作": "bank_card", "助手": "手动填写", "步骤": "card_number"})
    player.play({"发": "$银行卡", "当作": "bank_card", "步骤": "card_branch"})
    player.play({"办到": "card_confirmed"})
    player.play({"点": "正确，新增这张卡", "助手": "平安银行的银期关系可由", "步骤": "cards_complete"})
