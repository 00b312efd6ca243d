"""A whole change made in a chat: words, numbers, photos, and the page where the chat sends its customer."""

from __future__ import annotations

import re
import time
from typing import Any

import httpx

from tests.conversations.stack import HERE, Stack, load
from tests.support.customer import Customer
from tests.support.wechat.phone import Phone

PHOTOS = HERE.parent / "fixtures" / "photos"
DOCUMENT_STEPS = {"photo_consent", "certificate_letter", "bank_consent", "agreements"}
PEOPLE = load(HERE / "people.yml")

Json = dict[str, Any]


class Page(Customer):
    """The page as WeChat's browser opens it by a link of the chat; it speaks the widget's interface."""

    def __init__(self, phone: Phone, address: str) -> None:
        super().__init__(address)
        answer = phone.open()
        assert answer.status_code == 200, answer.text
        assert phone.browser is not None
        self.http.headers["User-Agent"] = phone.browser.headers["User-Agent"]
        self.http.cookies.update({c.name: c.value or "" for c in phone.browser.cookies.jar})
        self.arrive()
        past = self.http.get("/api/history", params={"limit": 40}).raise_for_status().json()
        self.heard += [e for e in past["entries"] if e["kind"] == "message" and e["author"] == "assistant"]
        self._after = past["last"]

    def card(self, kind: str) -> Json | None:
        """The newest card of that kind."""
        return next(
            (m["card"] for m in reversed(self.heard) if m["card"] and m["card"]["card"] == kind), None
        )


class Change:
    """One person at work on a change, in the chat of ``phone``."""

    def __init__(self, stack: Stack, phone: Phone, person: str) -> None:
        self.stack = stack
        self.phone = phone
        self.person: Json = PEOPLE[person]
        self.seen: list[tuple[str, str]] = []
        """Who said what, for the record: ``customer``, ``assistant`` or ``page``."""
        self._noted = 0

    def note(self, who: str, words: str) -> None:
        """Keep a line of the record."""
        self.seen.append((who, words))

    def hear(self) -> str:
        """Keep what the chat showed since the last time, and give it."""
        new, self._noted = self.phone.chat[self._noted :], len(self.phone.chat)
        for heard in new:
            self.note("assistant", heard.text if heard.text else "［图片］")
        return "\n\n".join(heard.text for heard in new)

    def say(self, words: str) -> str:
        """Type in the chat."""
        self.stack.forget_limits()
        self.note("customer", words)
        self.phone.say(words)
        return self.settled()

    def photo(self, name: str) -> str:
        """Send a photo in the chat."""
        self.stack.forget_limits()
        self.note("customer", f"［照片 {name}］")
        self.phone.photo(PHOTOS / name)
        return self.settled()

    def settled(self) -> str:
        """Wait until nothing more comes for a moment."""
        size, quiet = len(self.phone.chat), time.monotonic()
        while time.monotonic() - quiet < 1.5:
            if len(self.phone.chat) != size:
                size, quiet = len(self.phone.chat), time.monotonic()
            time.sleep(0.05)
        return self.hear()

    def page(self) -> Page:
        """Open the last link of the chat."""
        self.stack.forget_limits()
        self.note("page", "打开安全页面")
        return Page(self.phone, self.stack.assistant.address("gateway"))

    @property
    def conversation(self) -> str:
        """The conversation's id, as Redis knows it."""
        keys: list[str] = [key.decode() for key in self.stack.redis.scan_iter("messenger:of:*")]
        assert len(keys) >= 1
        return keys[-1].split(":", 3)[3]

    def captcha_answer(self) -> str:
        """What the newest picture says."""
        self.phone.picture()
        found = [key.decode() for key in self.stack.redis.scan_iter("captcha:*")]
        _, conversation, captcha = found[-1].split(":", 2)
        return self.stack.captcha_answer(conversation, captcha)

    def sms_code(self) -> str:
        """The code of the newest text message to this person."""
        end = time.monotonic() + 20
        while time.monotonic() < end:
            inbox = httpx.get(self.stack.assistant.address("gateway") + "/api/inbox", trust_env=False).json()
            for message in inbox:
                found = re.search(r"(?<!\d)(\d{6})(?!\d)", message["text"])
                if message["phone"] == self.person["手机"] and found:
                    return found[1]
            time.sleep(0.2)
        raise AssertionError("no SMS came")

    def step(self) -> str:
        """The step that the assistant waits for."""
        return str(self.stack.slots(self.conversation).get("requested_slot"))

    def called_back(self, words: str) -> str:
        """Wait until the chat goes on with ``words``, after the page or hours later."""
        start = self._noted
        self.phone.wait(lambda: any(words in heard.text for heard in self.phone.chat[start:]), 60)
        return self.settled()

    def read_all(self, page: Page) -> None:
        """Open, read and agree to every document that the page asks for, one after another."""
        while self.step() in DOCUMENT_STEPS:
            document = page.card("document")
            assert document, "no document is shown"
            self.note("page", f"读完并同意《{document['title']}》")
            time.sleep(page.read(document["document"]))
            self.stack.forget_limits()
            page.tap("我已阅读并同意")
