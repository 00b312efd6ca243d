"""The diagnosis finds what is wrong with a configuration and says in Chinese what to mend."""

from __future__ import annotations

import pytest

from channels.messenger.texts import texts
from channels.wechat.diagnosis import diagnose
from channels.wechat.menu import publish
from channels.wechat.settings import WechatSettings
from channels.wecom.settings import WecomSettings
from settlement.errors import OperatorError
from tests.support.wechat.phone import WeChat

NO_WECOM = WecomSettings()


def configured(wechat: WeChat, **changes: str) -> WechatSettings:
    """The running gateway's own configuration, with changes."""
    values = {name.removeprefix("WECHAT_").lower(): value for name, value in wechat.environment.items()}
    values |= {
        "PUBLIC_URL": wechat.callback.removesuffix("/wechat/callback"),
        "template": "template-of-results",
    }
    return WechatSettings.model_validate({**values, **changes})


async def findings(settings: WechatSettings) -> tuple[int, str]:
    report = await diagnose(settings, NO_WECOM, production=False)
    return report.bad, "\n".join(report.lines)


async def test_a_good_configuration_passes(wechat: WeChat) -> None:
    bad, words = await findings(configured(wechat))
    assert bad == 0, words
    for found in ("AppSecret 正确", "签名校验通过", "有客服消息接口权限", "已配置结果通知", "没有发现问题"):
        assert found in words


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"secret": "wrong"}, "AppSecret 不对"),
        ({"appid": "wx0"}, "AppID 或 CorpID 不对"),
        ({"aes_key": "short"}, "EncodingAESKey 不对"),
        ({"token": "another"}, "校验没有通过"),
        ({"token": ""}, "WECHAT_TOKEN is not"),
        ({"template": "unknown"}, "没有这个模板"),
        ({"api": "http://127.0.0.1:9"}, "连不上微信的服务器"),
        ({"PUBLIC_URL": "https://a.example:8443"}, "只允许 80（http）或 443"),
    ],
)
async def test_each_mistake_is_named(wechat: WeChat, changes: dict[str, str], said: str) -> None:
    bad, words = await findings(configured(wechat, **changes))
    assert bad >= 1
    assert said in words
    assert "项要改" in words


@pytest.mark.parametrize(("code", "said"), [(40164, "白名单"), (50002, "账号被限制")])
async def test_a_refusal_of_the_platform_is_explained(wechat: WeChat, code: int, said: str) -> None:
    wechat.book.fault("/cgi-bin/stable_token", code)
    assert said in (await findings(configured(wechat)))[1]


async def test_a_missing_permission_is_explained(wechat: WeChat) -> None:
    wechat.book.fault("/cgi-bin/message/custom/send", 48001)
    assert "没有客服消息接口权限" in (await findings(configured(wechat)))[1]


async def test_no_configuration_at_all_says_where_to_begin() -> None:
    report = await diagnose(WechatSettings(), NO_WECOM, production=False)
    assert "credentials.yml" in report.lines[0]


@pytest.mark.parametrize(
    "changes",
    [{"mode": "plain"}, {"api": "http://127.0.0.1:1"}, {"PUBLIC_URL": "http://a.example"}, {"secret": ""}],
)
def test_production_refuses_what_is_for_trying_out(wechat: WeChat, changes: dict[str, str]) -> None:
    good = {
        "api": "https://api.weixin.qq.com",
        "oauth": "https://open.weixin.qq.com",
        "PUBLIC_URL": "https://a.example",
    }
    configured(wechat, **good).check(production=True)
    with pytest.raises(OperatorError):
        configured(wechat, **{**good, **changes}).check(production=True)


async def test_the_menu_of_the_texts_is_given_to_the_account(wechat: WeChat) -> None:
    await publish(configured(wechat), texts())
    keys = [button["key"] for button in wechat.book.menu["button"]]
    assert keys == [item.key for item in texts().menu]


def test_the_simulated_platform_refuses_production(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENVIRONMENT", "production")
    with pytest.raises(SystemExit):
        WeChat()
