"""The whole change in WeChat: words, numbers and photos in the chat, the page where it is needed and back."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conversations.stack import Stack
from tests.support.staff import Member
from tests.support.wechat.change import Change
from tests.support.wechat.phone import Phone, WeChat
from tests.support.wechat.record import write

pytestmark = pytest.mark.conversation


@pytest.fixture(scope="module")
def world() -> Iterator[tuple[Stack, WeChat]]:
    """The whole assistant, with an Official Account on the simulated platform."""
    platform = WeChat()
    with tempfile.TemporaryDirectory(prefix="wechat-") as folder:
        stack = Stack(Path(folder), platform.environment)
        try:
            stack.start()
            platform.callback = stack.assistant.address("gateway") + "/wechat/callback"
            yield stack, platform
        finally:
            stack.stop()
            platform.stop()


def test_a_change_by_text_and_photos_with_the_page_where_hands_are_needed(
    world: tuple[Stack, WeChat],
) -> None:
    stack, platform = world
    change = Change(stack, Phone(platform), "顾英昱")
    try:
        whole_change(stack, change)
    finally:
        write(change.seen)


def whole_change(stack: Stack, change: Change) -> None:
    """From following the account to the result, hours later."""
    person = change.person

    change.note("page", "关注公众号")
    change.phone.event("subscribe")
    assert "期货公司编号" in change.settled()
    assert "海岳" in change.say("0127")
    assert "请选择您要办理的业务" in change.say("1")
    assert "打开安全页面" in change.say("第一个")

    page = change.page()
    change.note("page", "点“开始检测”")
    page.device()
    assert "身份证号" in change.called_back("身份证号")
    assert "账户类型" in change.say(person["身份证号"])
    change.say("1")
    assert "短信验证码已发送" in change.say(change.captcha_answer())
    change.say(change.sms_code())
    assert "打开安全页面" in change.say("1")
    assert "打字不会生效" in change.say("我已阅读并同意")
    change.read_all(change.page())
    change.called_back("身份证正面")
    assert "身份证反面" in change.photo(person["正面"])
    assert "签名照" in change.photo(person["反面"])
    heard = change.photo("signature.jpg")
    assert "姓名：顾英昱" in heard
    assert "打开安全页面" in change.say("1")
    change.read_all(change.page())
    change.called_back("储蓄卡")
    change.photo(person["银行卡"])
    answers = {
        "card_number": person["卡号"],
        "card_bank": person["开户行"],
        "card_branch": "上海分行徐汇支行",
    }
    while change.step() in answers:
        change.say(answers.pop(change.step()))
    change.say("第一个")
    assert "打开安全页面" in change.say("1")

    page = change.page()
    change.read_all(page)
    for title in ("我已阅读以上所有", "签署协议", "确认签署", "确定"):
        stack.forget_limits()
        change.note("page", f"点“{title}”")
        page.tap(title)
    assert "修改成功" not in change.called_back("提交成功")
    change.note("page", "（过后）视频见证人通过，复核员通过")

    case_no = next(
        m["card"]["case_no"] for m in reversed(page.heard) if m["card"] and m["card"]["card"] == "result"
    )
    for role, action in (("witness", "witness-pass"), ("reviewer", "approve")):
        member = Member(stack.assistant.address("console"), stack.users, role)
        member.claim(case_no)
        member.approve(case_no, action)
    change.called_back("修改成功")
    assert f"【已完成】修改结算账户 {case_no}" in change.say("我的业务")
