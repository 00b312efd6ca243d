"""Finds names and addresses that a person typed with the word for it: a name has no form of its own.

“姓名应该是…” and “我叫…” are found, and an address that names a district and a house number. A name that
stands alone cannot be told from any other word; ``SECURITY.md`` says so. The words are data (``named.yml``).
"""

from __future__ import annotations

import re
from pathlib import Path

from settlement.security.numbers import Span
from settlement.security.tokens import Kind
from settlement.wordlists import any_of, word_lists

FILE = Path(__file__).with_name("named.yml")
_LISTS = {name: any_of(words) for name, words in word_lists(FILE).items()}
_LINK = rf"{_LISTS['before_link']}*{_LISTS['link']}[ \u3000]*"
# What follows the link in a question or a judgement is no value.
_NO_VALUE = rf"(?!{_LISTS['no_value']})"
_NAME = re.compile(
    rf"(?:{_LISTS['name']}{_LINK}|{_LISTS['self']}){_NO_VALUE}"
    r"(?P<value>[\u3400-\u4dbf\u4e00-\u9fff][\u3400-\u4dbf\u4e00-\u9fff·•]{1,14})"
)
_END = r"，,。；;！!？?\s⟦⟧"
_ADDRESS = re.compile(
    rf"{_LISTS['address']}{_LINK}{_NO_VALUE}(?P<value>(?=[^{_END}]*[省市县区州旗镇乡村路街巷号栋])[^{_END}]{{4,80}})"
    rf"|(?P<bare>(?:(?!{_LISTS['not_in_address']})[\u4e00-\u9fff]){{2,8}}?(?:省|自治区|市)[\u4e00-\u9fff]{{1,12}}?[市区县旗]"
    rf"[^{_END}]{{0,40}}?[0-9０-９]+(?:号|栋|组|室)[^{_END}]*)"
)
_BANK = re.compile(_LISTS["bank"])


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
