"""What reviewers see of a machine's reading beside the customer's word."""

from __future__ import annotations

from console.compare import STAR, Piece, compare, masked

NUMBER = "6228485607505498003"


def text(pieces: list[Piece] | None) -> str:
    return "".join(piece.text for piece in pieces or [])


def marked(pieces: list[Piece] | None) -> str:
    return "".join(piece.text for piece in pieces or [] if piece.changed)


def test_equal_values_show_no_difference() -> None:
    field = compare("name", "顾英昱", "顾英昱", whole=False)
    assert not field.differs
    assert text(field.read) == text(field.final) == "顾英昱"


def test_a_changed_letter_is_marked_on_both_sides() -> None:
    field = compare("name", "顾英显", "顾英昱", whole=False)
    assert field.differs
    assert (marked(field.read), marked(field.final)) == ("显", "昱")


def test_a_change_in_the_hidden_middle_of_a_number_is_still_seen() -> None:
    changed = NUMBER[:9] + "8" + NUMBER[10:]
    field = compare("card_number", NUMBER, changed, whole=False)
    assert field.differs
    assert marked(field.final) == STAR
    assert text(field.final) == "622848" + STAR * 9 + "8003"
    assert changed not in text(field.final)


def test_whole_numbers_show_every_digit() -> None:
    assert text(compare("id_number", None, NUMBER, whole=True).final) == NUMBER


def test_what_was_never_read_counts_as_differing() -> None:
    field = compare("card_number", None, NUMBER, whole=False)
    assert field.differs
    assert field.read is None


def test_an_empty_final_value_is_shown_as_taken_away() -> None:
    field = compare("address", "上海市", None, whole=False)
    assert field.differs
    assert marked(field.read) == "上海市"


def test_short_numbers_show_their_last_four_alone() -> None:
    assert masked("12345678") == STAR * 4 + "5678"
    assert masked("123") == "123"
