"""A reader at a real browser: carries out the guide's lines 打开, 填, 选, 点, 说 and 看到, word by word."""

from __future__ import annotations

import re
import time
from pathlib import Path

from playwright.sync_api import Locator, Page

from tests.trainers.guide import pattern

PATIENCE_SECONDS = 300
LOOK_AGAIN_SECONDS = 3.0


class Screen:
    """``printed`` is what ``./run`` said when it was ready: the pages by their names, and the users' file."""

    def __init__(self, page: Page, printed: str) -> None:
        self.page = page
        self.printed = printed
        self.opened = ""

    def carry_out(self, text: str) -> None:
        """Every line of a block."""
        for line in text.splitlines():
            deed, _, what = line.partition(" ")
            DEEDS[deed](self, what)

    def open(self, name: str) -> None:
        self.opened = self._printed(name)
        self.page.goto(self.opened)

    def fill(self, what: str) -> None:
        label, _, value = what.partition("：")
        if told := re.fullmatch(r"（文件里 (\w+) 后面的密码）", value):
            value = self._password(told[1])
        self.page.get_by_label(label).fill(value)

    def choose(self, what: str) -> None:
        label, _, option = what.partition("：")
        self.page.get_by_label(label).select_option(label=option)

    def click(self, name: str) -> None:
        button = self.page.get_by_role("button", name=name, exact=True)
        button.or_(self.page.get_by_role("link", name=name, exact=True)).first.click()

    def say(self, words: str) -> None:
        self.page.get_by_label("输入消息").fill(words)
        self.page.keyboard.press("Enter")

    def see(self, words: str) -> None:
        """Wait for it; a list of the console is looked at again, as the guide says."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not self._visible(words):
            assert time.monotonic() < end, f"“{words}” is not on the page:\n{self.page.inner_text('body')}"
            time.sleep(LOOK_AGAIN_SECONDS)
            if self.page.url.endswith("/training"):
                self.page.reload()

    def told(self, label: str) -> str:
        """What stands beside a label, such as the name of a branch."""
        return self.page.locator(f"dt:has-text('{label}') + dd").inner_text()

    def _visible(self, words: str) -> bool:
        found: Locator = self.page.get_by_text(re.compile(pattern(words)))
        return any(one.is_visible() for one in found.all())

    def _printed(self, name: str) -> str:
        found = re.search(rf"^ *{re.escape(name)} +(\S+)$", self.printed, re.MULTILINE)
        assert found, f"./run printed no {name}:\n{self.printed}"
        return found[1]

    def _password(self, user: str) -> str:
        lines = Path(self._printed("员工用户名和密码")).read_text(encoding="utf-8").splitlines()
        return next(line.split()[1] for line in lines if line.startswith(user))


DEEDS = {
    "打开": Screen.open,
    "填": Screen.fill,
    "选": Screen.choose,
    "点": Screen.click,
    "说": Screen.say,
    "看到": Screen.see,
}
