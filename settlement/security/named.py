"""Finds names and addresses that a person typed with the word for it: a name has no form of its own.

“姓名应该是…” and “我叫…” are found, and an address that names a district and a house number. A name that
stands alone cannot be told from any other word; ``SECURITY.md`` says so.
"""

from __future__ import annotations

import re

from settlement.security.numbers import Span
from settlement.security.tokens import Kind

_LINK = r"(?:应该|应当|实际|其实|应|要|上|写|都|填)*(?:改成|改为|换成|写成|叫做|是|为|叫|成|[:：])[ \u3000]*"
# What follows the link in a question or a judgement is no value.
_NO_VALUE = r"(?!不|没|什么|谁|哪|否|错|对|正确|怎|必须|需|跟|和|与|指|本人|我|他|她|别人|一样|一致|空)"
_NAME = re.compile(
    rf"(?:(?:姓名|名字|户名|持卡人){_LINK}|(?:我|本人)叫){_NO_VALUE}"
    r"(?P<value>[\u3400-\u4dbf\u4e00-\u9fff][\u3400-\u4dbf\u4e00-\u9fff·•]{1,14})"
)
_VERB = "应该|改成|改为|换成|写成|是|为"
_END = r"，,。；;！!？?\s⟦⟧"
_ADDRESS = re.compile(
    rf"(?:地址|住址|户籍){_LINK}{_NO_VALUE}(?P<value>(?=[^{_END}]*[省市县区州旗镇乡村路街巷号栋])[^{_END}]{{4,80}})"
    rf"|(?P<bare>(?:(?!{_VERB})[\u4e00-\u9fff]){{2,8}}?(?:省|自治区|市)[\u4e00-\u9fff]{{1,12}}?[市区县旗]"
    rf"[^{_END}]{{0,40}}?[0-9０-９]+(?:号|栋|组|室)[^{_END}]*)"
)
_BANK = re.compile("支行|分行|营业部|营业厅|分理处|网点")


def find(text: str) -> list[Span]:
    """Names and addresses in ``text``, in order and apart from each other; values as they were typed."""
    found = [Span(*match.span("value"), Kind.NAME, match["value"]) for match in _NAME.finditer(text)]
    for match in _ADDRESS.finditer(text):
        group = "value" if match["value"] else "bare"
        if not _BANK.search(match[group]):
            found.append(Span(*match.span(group), Kind.ADDRESS, match[group]))
    apart: list[Span] = []
    for span in sorted(found, key=lambda span: (span.start, -span.end)):
        if not apart or span.start >= apart[-1].end:
            apart.append(span)
    return apart
