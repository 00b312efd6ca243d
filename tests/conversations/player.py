"""Plays a conversation that is written in YAML; the words of its lines are explained in README.zh.md."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from tests.conversations.stack import HERE, Stack, load
from tests.support.customer import Customer, Json
from tests.support.staff import Member

PHOTOS = HERE.parent / "fixtures" / "photos"
PEOPLE = load(HERE / "people.yml")
USUAL = load(HERE / "usual_answers.yml")

EXPECTATIONS = {"助手", "不说", "显示", "步骤", "卡片", "按钮", "状态", "短信"}
DETAILS = {"当作", "备注", "每一步"}


class Player:
    """One conversation, one person."""

    def __init__(self, stack: Stack, person: str, broker: str = "0127") -> None:
        self.stack = stack
        self.person: dict[str, Any] = {"姓名": person, "公司": broker, **PEOPLE[person]}
        self.person |= self.person.pop(broker, {})
        self.person["账户类型"] = {"0368": "个人"}.get(broker, "自然人")
        self.person["公司二维码"] = str(stack.company_code())
        self.customer = Customer(stack.assistant.address("gateway"))
        self.case_no = ""
        self.last = self.customer.arrive()

    def play(self, line: dict[str, Any]) -> None:
        """One line of the conversation: what is done, then what must be seen."""
        deeds = [word for word in line if word not in EXPECTATIONS | DETAILS]
        assert len(deeds) <= 1, f"two deeds in one line: {deeds}"
        for word in deeds:
            self.stack.forget_limits()
            self.last = getattr(self, f"do_{DEEDS[word]}")(self._filled(line[word]), line) or []
        self._look(line)

    # ── what the customer does ─────────────────────────────────────────────────────────────────────

    def do_say(self, text: str, line: Json) -> list[Json]:
        return self.customer.say(text)

    def do_tap(self, title: str, line: Json) -> list[Json]:
        return self.customer.tap(title)

    def do_photo(self, name: str, line: Json) -> list[Json]:
        return self.customer.photo(PHOTOS / name, line.get("当作"))

    def do_fill(self, fields: dict[str, str], line: Json) -> list[Json]:
        return self.customer.fill(**fields)

    def do_device(self, what: str, line: Json) -> list[Json]:
        broken: Json = {"正常": {}, "没有摄像头": {"camera": False}, "没有麦克风": {"microphone": False},
                        "没有扬声器": {"speaker": False}, "系统太旧": {"system_version": "3.2"}}  # fmt: skip
        return self.customer.device(**broken[what])

    def do_captcha(self, what: str, line: Json) -> list[Json]:
        card = self._card("captcha")
        answer = self.stack.captcha_answer(self.customer.conversation, card["captcha"])
        return self.customer.fill(captcha=answer if what == "正确" else "0000")

    def do_sms_code(self, what: str, line: Json) -> list[Json]:
        return self.customer.fill(sms_code=self._sms_code() if what == "正确" else "000000")

    def do_read(self, what: str, line: Json) -> list[Json]:
        """Open, read to the end, wait the least time, agree; all documents of the step one after another."""
        answer: list[Json] = []
        step = self.step()
        while self.step() == step:
            card = self._card("document")
            seconds = self.customer.read(card["document"])
            time.sleep(seconds)
            self.stack.forget_limits()
            answer = self.customer.tap("我已阅读并同意")
            if what == "一份":
                break
        return answer

    def do_reach(self, target: str, line: Json) -> list[Json]:
        """Go on with the usual answers until the step ``target`` is asked for."""
        for _ in range(60):
            if self.step() == target:
                return self.last
            self.play(USUAL[self.step() or "没有步骤"])
        raise AssertionError(f"never reached {target}; stands at {self.step()}")

    def do_each(self, target: str, line: Json) -> list[Json]:
        """Like ``do_reach``, with the lines of 每一步 played at each step on the way."""
        seen: set[str] = set()
        for _ in range(60):
            here = self.step() or "没有步骤"
            if here not in seen:
                seen.add(here)
                self.person["原处"] = here
                for extra in line["每一步"]:
                    self.play({**extra, "步骤": here} if extra.get("步骤") == "不变" else extra)
            if here == target:
                assert len(seen) > 15, f"only {seen} were on the way"
                return self.last
            self.play(USUAL[here])
        raise AssertionError(f"never reached {target}; stands at {self.step()}")

    def do_return(self, what: str, line: Json) -> list[Json]:
        """Usual answers until the step where 每一步 began."""
        return self.do_reach(self.person["原处"], line)

    def do_finish(self, what: str, line: Json) -> list[Json]:
        """Usual answers to the very end: submitted."""
        self.do_reach("submitted", line)
        return self.customer.tap("确定")

    def do_staff(self, what: str, line: Json) -> list[Json]:
        """A decision of staff, made on the console's pages."""
        action, _, reasons = what.partition(" ")
        role, path, good = {
            "见证通过": ("witness", "witness-pass", True), "见证不通过": ("witness", "witness-fail", False),
            "复核通过": ("reviewer", "approve", True), "打回": ("reviewer", "reject", False),
            "复核领取": ("reviewer", "claim", True),
        }[action]  # fmt: skip
        member = Member(self.stack.assistant.address("console"), self.stack.users, role)
        case_no = self._case_no()
        member.claim(case_no)
        if path == "claim":
            return []
        if good:
            member.approve(case_no, path)
        else:
            member.refuse(case_no, path, reasons.split(), line.get("备注", ""))
        return []

    def do_wait(self, words: str, line: Json) -> list[Json]:
        return self.customer.wait_for(words)

    def do_restart(self, what: str, line: Json) -> list[Json]:
        """Kill processes outright and start them again; the page comes back by itself."""
        self.stack.restart()
        return []

    def do_login_again(self, what: str, line: Json) -> list[Json]:
        """The login runs out, as after half an hour."""
        self.stack.end_login(self.customer.conversation)
        return []

    def do_hours(self, what: str, line: Json) -> list[Json]:
        """The company opens or closes, as a trainer's change of hours.yml would have it."""
        self.stack.set_hours(self.person["公司"], is_open=what == "开始")
        return []

    # ── what must be seen ──────────────────────────────────────────────────────────────────────────

    def _look(self, line: Json) -> None:
        said = "\n".join(message["text"] or "" for message in self.last)
        cards = [message["card"]["card"] for message in self.last if message["card"]]
        for words in _many(line.get("助手")):
            assert self._filled(words) in said, f"expected “{words}”, heard:\n{said}"
        for words in _many(line.get("不说")):
            assert words not in said, f"should not say “{words}”:\n{said}"
        shown = json.dumps([message["card"] for message in self.last], ensure_ascii=False)
        for words in _many(line.get("显示")):
            assert self._filled(words) in shown, f"expected “{words}” on a card, got {shown}"
        if "步骤" in line:
            assert self.step() == (None if line["步骤"] == "无" else line["步骤"]), (
                f"step {self.step()}; heard:\n{said}"
            )
        for card in _many(line.get("卡片")):
            assert card in cards, f"expected card {card}, got {cards}"
        titles = [button["title"] for message in self.last for button in message["buttons"]]
        for title in _many(line.get("按钮")):
            assert any(title in shown for shown in titles), f"expected button “{title}”, got {titles}"
        if "状态" in line:
            self.stack.wait_for_state(self._case_no(), line["状态"])
        for words in _many(line.get("短信")):
            self._wait_for_sms(self._filled(words))

    def step(self) -> str | None:
        """The step that the assistant waits for."""
        slot: str | None = self.stack.slots(self.customer.conversation).get("requested_slot")
        return slot

    def _card(self, kind: str) -> Json:
        for message in reversed(self.customer.heard):
            if message["card"] and message["card"]["card"] == kind:
                card: Json = message["card"]
                return card
        raise AssertionError(f"no {kind} card was shown")

    def _case_no(self) -> str:
        numbers = [
            message["card"]["case_no"]
            for message in self.customer.heard
            if message["card"] and message["card"]["card"] == "result"
        ]
        if numbers:
            self.case_no = numbers[-1]
        assert self.case_no, "nothing was submitted yet"
        return self.case_no

    def _texts(self) -> list[str]:
        inbox = self.customer.http.get("/api/inbox").json()
        return [message["text"] for message in inbox if message["phone"] == self.person["手机"]]

    def _sms_code(self) -> str:
        end = time.monotonic() + 10
        while time.monotonic() < end:
            codes = [text for text in self._texts() if "验证码为" in text]
            if codes and codes[0] != self.person.get("旧短信"):
                self.person["旧短信"] = codes[0]
                return codes[0].split("验证码为")[1][:6]
            time.sleep(0.2)
        raise AssertionError("no SMS code came")

    def _wait_for_sms(self, words: str) -> None:
        end = time.monotonic() + 15
        while time.monotonic() < end:
            if any(words in text for text in self._texts()):
                return
            time.sleep(0.3)
        raise AssertionError(f"no SMS with “{words}”: {self._texts()}")

    def _filled(self, value: Any) -> Any:
        """``$姓名`` and the like, replaced by what ``people.yml`` says."""
        text = json.dumps(value, ensure_ascii=False)
        for name in sorted(self.person, key=len, reverse=True):
            text = text.replace(f"${name}", str(self.person[name]))
        return json.loads(text)


DEEDS = {
    "说": "say",
    "点": "tap",
    "发": "photo",
    "填": "fill",
    "设备": "device",
    "图形码": "captcha",
    "短信码": "sms_code",
    "读并同意": "read",
    "办到": "reach",
    "一路办到": "each",
    "回到": "return",
    "办完": "finish",
    "员工": "staff",
    "等": "wait",
    "重启": "restart",
    "登录过期": "login_again",
    "受理": "hours",
}


def _many(value: Any) -> list[str]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def conversations() -> list[Path]:
    """Every conversation file."""
    return sorted((HERE / "cases").glob("*.yml"))
