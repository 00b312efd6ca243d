"""Lines of text as a recogniser would give them, for trying the parsers without a photo."""

from __future__ import annotations

from dataclasses import replace

from settlement.ocr.lines import Line
from settlement.ocr.reading import ReadField


def line(text: str, x: float, y: float, score: float = 0.99, height: float = 30) -> Line:
    return Line(text, score, x, x + height * len(text), y, y + height, height)


def front(number: str = "11010519491231002X", birth: str = "1949年12月31日", sex: str = "女") -> list[Line]:
    """The lines of a front; the number is the standard's own example."""
    return [
        line("姓名", 50, 50), line("王小明", 130, 50),
        line("性别", 50, 110), line(sex, 130, 110), line("民族汉", 240, 110),
        line("出生", 50, 170), line(birth, 130, 170),
        line("住址", 50, 230), line("北京市朝阳区长安街一号", 140, 230), line("二楼", 140, 270),
        line("公民身份号码", 50, 430), line(number, 280, 430),
    ]  # fmt: skip


def values(fields: dict[str, ReadField]) -> dict[str, str]:
    return {name: field.value for name, field in fields.items()}


def doubted(fields: dict[str, ReadField]) -> set[str]:
    return {name for name, field in fields.items() if field.doubtful}


def placed(text: str, x: float, y: float, step: float) -> Line:
    """A line whose digits stand ``step`` px apart from ``x`` on."""
    at = tuple(x + step * place for place in range(len(text)))
    return replace(line(text, x, y), x1=at[-1] + step, odds=(0.99,) * len(text), at=at)


def unsure(text: str, odds: dict[int, float], rivals: dict[int, str], x: float = 70, y: float = 300) -> Line:
    """A line of which some places are not sure and may be something else."""
    places = range(len(text))
    sure = tuple(odds.get(at, 0.99) for at in places)
    return replace(line(text, x, y), odds=sure, rivals=tuple(rivals.get(at, "") for at in places))
