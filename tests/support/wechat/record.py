"""Writes a conversation down as it reads in WeChat, its personal values masked, for people to look at."""

from __future__ import annotations

import os
import re
from itertools import groupby
from operator import itemgetter
from pathlib import Path

_NAMES = {"assistant": "助手", "customer": "客户", "page": "（动作）"}
HEAD = """# 微信里的一次完整办理

由 `WECHAT_RECORD=docs/wechat-conversation.md ./run test tests/channels/wechat/test_whole_change.py` 写下：
模拟的公众号平台，真实的助手、照片识别和客户端页面接口。人物和资料都是虚构的，号码已遮盖；［方括号］里的是链接或图片。
"""


def masked(words: str) -> str:
    """``words`` without the numbers of a person, and with links that nobody can open."""
    words = re.sub(r'<a href="[^"]*">([^<]*)</a>', r"[\1]", words)
    words = re.sub(r"(?<!\d)(\d{6})\d{8}(\d{3}[\dXx])(?!\d)", r"\1********\2", words)
    words = re.sub(r"(?<!\d)(\d{4})\d{8,11}(\d{4})(?!\d)", r"\1 **** **** \2", words)
    return re.sub(r"(?<!\d)\d{6}(?![\d*])", "******", words)


def write(seen: list[tuple[str, str]]) -> None:
    """Into the file that WECHAT_RECORD names; without it, nothing is written."""
    target = os.environ.get("WECHAT_RECORD")
    if not target:
        return
    parts = [HEAD]
    for who, one in groupby(seen, key=itemgetter(0)):
        shown = "\n\n".join(masked(words) for _, words in one)
        parts.append(f"**{_NAMES[who]}**\n\n```text\n{shown}\n```\n")
    Path(target).write_text("\n".join(parts), encoding="utf-8")
