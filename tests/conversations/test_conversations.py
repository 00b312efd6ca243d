"""Every conversation of ``cases/`` is played against the whole running assistant."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conversations.player import Player, conversations
from tests.conversations.stack import Stack, load


@pytest.mark.conversation
@pytest.mark.parametrize("path", conversations(), ids=lambda path: path.stem)
def test_the_conversation_goes_as_written(stack: Stack, path: Path) -> None:
    written = load(path)
    person, broker = written["人"], written.get("公司", "0127")
    stack.give_up_unfinished(person)
    player = Player(stack, person, broker)
    for number, line in enumerate(written["对话"], start=1):
        try:
            player.play(line)
        except AssertionError as error:
            raise AssertionError(f"{path.name}, line {number} {line}: {error}") from error
