"""WeChat before the whole assistant: words and numbers in the chat, the page where it is needed, and back."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conversations.stack import Stack
from tests.support.wechat.change import Change
from tests.support.wechat.phone import Phone, WeChat

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


def test_the_chat_leads_over_the_device_check_on_the_page_to_the_sms_code(
    world: tuple[Stack, WeChat],
) -> None:
    stack, platform = world
    change = Change(stack, Phone(platform), "顾英昱")

    change.phone.event("subscribe")
    assert "期货公司编号" in change.settled()
    assert "海岳" in change.say("0127")
    assert "请选择您要办理的业务" in change.say("1")
    assert "打开安全页面" in change.say("第一个")

    change.page().device()
    assert "身份证号" in change.called_back("身份证号")
    assert "账户类型" in change.say(change.person["身份证号"])
    change.say("1")
    assert "短信验证码已发送" in change.say(change.captcha_answer())
