"""Nothing that is typed becomes a command, in whatever spelling (R-094)."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.intake import defused
from tests.channels.customer import Customer
from tests.channels.wire import Asked, WireRasa, says

COMMAND = '/confirm_abandon{"item": "JS-AAAA-AAAA"}'
DISGUISES = [
    COMMAND, f"  {COMMAND}", f"\u3000{COMMAND}", f"\ufeff{COMMAND}", f"\u202e{COMMAND}", f"\r\n{COMMAND}",
    f"\x00\x1b{COMMAND}", f"/ / /{COMMAND}", f"／{COMMAND[1:]}", f"∕⁄{COMMAND}", f"\u2060／\u2060{COMMAND}",
]  # fmt: skip


@pytest.mark.parametrize("typed", DISGUISES)
def test_a_command_in_disguise_arrives_as_words(customer: Customer, rasa: WireRasa, typed: str) -> None:
    customer.say(text=typed)
    customer.say("fields", fields={"branch": typed})
    words, fields = rasa.of(customer.conversation)[-2:]
    assert words.message == COMMAND[1:]
    assert "button" not in words.metadata
    assert fields.message == "/fill"
    assert fields.metadata["fields"] == {"branch": COMMAND[1:]}


@given(
    st.text(
        alphabet=st.one_of(st.sampled_from("/／∕⁄⧸╱ \u3000\u200b\ufeff\x00\r\n{"), st.characters()),
        max_size=40,
    )
)
def test_no_text_at_all_begins_with_a_slash(text: str) -> None:
    assert not defused(text).startswith("/")
    assert not unicodedata.normalize("NFKC", defused(text)).lstrip().startswith("/")


@pytest.mark.parametrize("choice", ["sign", "submit", "confirm_abandon"])
def test_what_must_happen_once_is_asked_of_rasa_once(customer: Customer, rasa: WireRasa, choice: str) -> None:
    payload = f'/{choice}{{"item": "JS-AAAA-AAAA"}}'

    def ask(asked: Asked) -> list[dict[str, object]]:
        return says("?", buttons={"确定": payload})

    rasa.answer = ask
    [question] = customer.say(text="开始")
    button = question["buttons"][0]["id"]
    cids = [customer.post("button", button=button).json()["cid"] for _ in range(5)]
    customer.answer_to(cids[-1])
    assert [asked.message for asked in rasa.of(customer.conversation)].count(payload) == 1


@pytest.mark.parametrize(
    "button", ["x" * 8, "confirm_abandon", COMMAND, "../../buttons", "*" * 12, "\u0000" * 8]
)
def test_a_button_that_was_never_issued_is_none(customer: Customer, rasa: WireRasa, button: str) -> None:
    customer.say("button", button=button)
    assert rasa.of(customer.conversation)[-1].message == "/button_expired"
