"""Writes a conversation down as it reads in WeChat, its personal values masked, for people to look at."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

ASSISTANT, CUSTOMER, PAGE = "助手", "客户", "（动作）"
_NAMES = {"assistant": ASSISTANT, "customer": CUSTOMER, "page": PAGE}


def masked(words: str, person: dict[str, Any]) -> str:
    """``words`` without the numbers of a person, and with links that nobody can open."""
    words = re.sub(r'<a href="[^"]*">([^<]*)</a>', r"[\1]", words)
    words = re.sub(r"(?<!\d)(\d{6})\d{8}(\d{3}[\dXx])(?!\d)", r"\1********\2", words)
    words = re.sub(r"(?<!\d)(\d{4})\d{8,11}(\d{4})(?!\d)", r"\1 **** **** \2", words)
    return re.sub(r"(?<!\d)\d{6}(?!\d)", "******", words)


def write(seen: list[tuple[str, str]], person: dict[str, Any]) -> None:
    """Into the file that WECHAT_RECORD names; without it, nothing is written."""
    target = os.environ.get("WECHAT_RECORD")
    if not target:
        return
    lines = []
    for who, words in seen:
        shown = masked(words, person).replace("\n", "\n> ")
        lines.append(f"**{_NAMES[who]}**\n\n> {shown}\n")
    Path(target).write_text("\n".join(lines), encoding="utf-8")
