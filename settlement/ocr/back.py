"""The back of a resident identity card: who issued it, and from when until when it is valid."""

from __future__ import annotations

from settlement.ocr.lines import SIMPLIFY, Line, Row, rows
from settlement.ocr.office import read_office
from settlement.ocr.reading import ReadField
from settlement.ocr.validity import read_validity


def parse_back(lines: list[Line]) -> dict[str, ReadField]:
    """The fields of a back that can be found in ``lines``."""
    fields: dict[str, ReadField] = {}
    below: Row | None = None  # the row of the days, which begins where the office does
    for row in reversed(rows(lines)):
        text = row.text.translate(SIMPLIFY)
        apart = "-".join(line.text for line in row.lines)  # light may have swallowed the dash between them
        days = {} if below else read_validity(text, row.score) or read_validity(apart, row.score)
        if days:
            below = row
            fields.update(days)
        elif "authority" not in fields and (office := read_office(row, text, below)):
            fields["authority"] = office
    return fields
