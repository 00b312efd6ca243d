"""The nation on the front of an identity card: one of 56, so that what is half read can be told."""

from __future__ import annotations

import re

from settlement.ocr.lines import SIMPLIFY, Row
from settlement.ocr.reading import ReadField

# GB/T 3304, in the card's own short form; longer names before those that they contain (土家 before 土).
_NATIONS = """
汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 拉祜 水 东乡 纳西
景颇 柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 乌孜别克 俄罗斯 鄂温克 德昂 保安
裕固 京 塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺
"""
NATIONS = tuple(sorted(_NATIONS.split(), key=len, reverse=True))
_ENOUGH = 0.6  # score of a row whose nation is believed


def read_nation(row: Row) -> ReadField | None:
    """The nation in the row of the sex; doubtful when it had to be guessed from a part of it."""
    text = row.text.translate(SIMPLIFY)
    match = re.search("民族?(.+)$", text) or re.search("[男女]族?(.+)$", text)
    if not match:
        return None
    kept = [at for at in range(match.start(1), len(text)) if "\u4e00" <= text[at] <= "\u9fff"]
    while kept and text[kept[0]] in "民族":
        kept = kept[1:]
    rest = "".join(text[at] for at in kept)
    if not rest:
        return None
    named = next((name for name in NATIONS if name in rest), None)
    if named and not _part_of_another(rest, named):
        return ReadField(value=named, confidence=row.score, doubtful=row.score < _ENOUGH)
    guess = _guessed(rest, [row.rivals[at].translate(SIMPLIFY) for at in kept])
    return ReadField(value=guess or named or rest, confidence=0.0, doubtful=True)


def _part_of_another(rest: str, named: str) -> bool:
    """Whether more was printed than the name found: 土 of 土■."""
    return len(named) == 1 and len(rest) > 1


def _guessed(rest: str, rivals: list[str]) -> str | None:
    """The only nation that the letters or their rivals spell, else the only one that they are a part of."""
    spelled = [
        name
        for name in NATIONS
        if len(name) == len(rest)
        and all(want in got + others for want, got, others in zip(name, rest, rivals, strict=True))
    ]
    near = [
        name
        for name in NATIONS
        if len(name) == len(rest) > 1 and sum(a != b for a, b in zip(name, rest, strict=True)) == 1
    ]
    parts = [name for name in NATIONS if len(rest) > 1 and rest in name]
    return next((found[0] for found in (spelled, near, parts) if len(found) == 1), None)
