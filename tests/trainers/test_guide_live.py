"""Someone who only follows the guide, in a fresh clone, with the assistant running and a real browser.

Adds a question, moves a step, adds a company, mends a misunderstood sentence from the review page, reports,
releases, and takes it all back: every command, click and promised line is the guide's.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ViewportSize, sync_playwright

from tests.support.chromium import FLAGS, chromium
from tests.trainers.guide import Block, blocks, carry_out, command, fresh_clone
from tests.trainers.screen import Screen

pytestmark = [pytest.mark.browser, pytest.mark.conversation]

START_SECONDS, STOP_SECONDS = 900, 180
BRANCH = re.compile(r"training/\d{8}-\d{6}")  # the guide's example of a name
DESKTOP: ViewportSize = {"width": 1180, "height": 760}


class Reader:
    """The clone, the window in which ``./run`` stays, and the browser."""

    def __init__(self, clone: Path, printed: str, browser: Browser) -> None:
        self.clone = clone
        self.printed = printed
        self.browser = browser
        self.branch = ""
        self.screen = self.new_screen()

    def new_screen(self) -> Screen:
        """Nobody has talked or logged in there yet."""
        page = self.browser.new_context(viewport=DESKTOP, locale="zh-CN").new_page()
        return Screen(page, self.printed)

    def follow(self, page: str, *headings: str) -> None:
        """The blocks under these headings; all of the page when there are none."""
        listed = [one for one in blocks(page) if not headings or one.heading.startswith(headings)]
        assert listed, f"{page} has no {headings}"
        terminal: list[Block] = []
        for block in listed:
            if block.kind == "页面":
                carry_out(self.clone, terminal)
                terminal = []
                self.screen.carry_out(block.text)
                if "保存为" in block.text:
                    self.branch = self.screen.told("Git 分支")
            elif block.kind in ("sh", "diff", "yaml"):
                carry_out(self.clone, terminal)
                terminal = [block._replace(text=BRANCH.sub(self.branch, block.text))]
            else:
                terminal.append(block)
        carry_out(self.clone, terminal)


@pytest.fixture
def reader() -> Iterator[Reader]:
    program = chromium()
    # A socket's path may have 108 bytes, and test folders have long names.
    with tempfile.TemporaryDirectory(prefix="guide-") as folder, sync_playwright() as playwright:
        clone = fresh_clone(Path(folder) / "clone")
        printed = Path(folder) / "printed"
        outside = {name: value for name, value in os.environ.items() if name != "STATE_DIR"}
        with printed.open("w") as out:
            window = subprocess.Popen(
                ["./run", "--lang", "zh"], cwd=clone, env=outside, stdin=subprocess.DEVNULL, stdout=out,
                stderr=subprocess.STDOUT,
            )  # fmt: skip
        try:
            end = time.monotonic() + START_SECONDS
            while "按 Ctrl-C 停止" not in (said := printed.read_text(encoding="utf-8")):
                assert window.poll() is None, said
                assert time.monotonic() < end, said
                time.sleep(1)
            browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
            yield Reader(clone, said, browser)
            browser.close()
        finally:
            window.send_signal(signal.SIGINT)
            window.wait(STOP_SECONDS)


def test_someone_who_only_follows_the_guide_changes_the_assistant_and_takes_it_back(reader: Reader) -> None:
    reader.follow("broker", "加一家期货公司")
    reader.screen.carry_out(
        "打开 和助手聊天\n看到 请输入期货公司编号\n说 0455\n看到 您要办理的期货公司是【望江测试期货有限公司】"
    )
    reader.follow("faq", "加一个常见问题")
    first_step, *_ = [block for block in blocks("steps") if block.kind == "diff"]
    carry_out(reader.clone, [first_step])
    reader.follow("steps", "对话测试也要改")
    command(reader.clone, 'git add -A && git commit -q -m "新公司，大字版，签名照在前"')

    reader.screen = reader.new_screen()
    reader.follow("review", "1", "2", "3", "4", "5")
    reader.follow("release", "报告", "发布")
    reader.follow("review", "怎么看改好了")
    reader.screen.carry_out("说 能不能把字调大\n看到 可以点页面最上面的“大字版”")

    reader.follow("release", "怎么撤回")
    reader.screen = reader.new_screen()
    reader.follow("review", "1", "怎么撤回")
    reader.follow("review", "2", "统计")
