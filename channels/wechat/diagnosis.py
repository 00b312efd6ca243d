"""Checks the configuration of the WeChat channels against the platform, and says in Chinese what to mend.

``python -m channels.wechat.diagnosis`` (``./run diagnose``). Its words are in ``diagnosis.yml``.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import yaml

from channels.messenger.api import ask, client
from channels.messenger.platform import PlatformError
from channels.wechat.crypto import Crypto, signature
from channels.wechat.settings import WechatSettings
from channels.wecom.settings import WecomSettings
from settlement.errors import OperatorError
from settlement.security.logs import configure
from settlement.settings import settings

ADDRESS_SECONDS = 5.0
NOBODY = "diagnosis"
USER_UNKNOWN = {40003, 45015}
"""What the platform answers to a message for nobody when sending is allowed."""
LOCAL = ("http://127.", "http://localhost")

Json = dict[str, Any]


@dataclass
class Report:
    """Findings, in the order of the checks."""

    words: Json
    lines: list[str] = field(default_factory=list)
    bad: int = 0

    def say(self, name: str, mark: str = "good", **facts: object) -> None:
        """Add the finding ``name`` of ``diagnosis.yml``."""
        self.bad += mark == "bad"
        self.lines.append(f"{self.words['marks'][mark]} {self.words['checks'][name].format(**facts)}")

    def title(self, name: str) -> None:
        """Begin the findings on one channel."""
        self.lines.append(f"【{self.words['titles'][name]}】")

    def reason(self, code: int) -> str:
        """What an errcode means, and what to do."""
        found: str = self.words["reasons"].get(str(code), self.words["other_reason"])
        return found


async def diagnose(wechat: WechatSettings, wecom: WecomSettings, *, production: bool) -> Report:
    """Everything that can be found out without a customer."""
    words = yaml.safe_load(Path(__file__).with_name("diagnosis.yml").read_text("utf-8"))
    report = Report(words)
    if wechat.configured:
        report.title("wechat")
        await _wechat(report, wechat, production=production)
    if wecom.configured:
        report.title("wecom")
        await _wecom(report, wecom, production=production)
    if not (wechat.configured or wecom.configured):
        report.lines.append(words["titles"]["none"])
        report.bad += 1
    summary = words["summary"]
    report.lines.append(summary["bad"].format(count=report.bad) if report.bad else summary["good"])
    return report


def _settings(report: Report, check: Callable[[], None]) -> None:
    try:
        check()
    except OperatorError as error:
        report.say("settings_bad", "bad", reason=error)
    else:
        report.say("settings_good")


def _key(report: Report, token: str, key: str, receiver: str) -> None:
    try:
        Crypto(token, key, receiver)
    except OperatorError:
        report.say("key_bad", "bad")
    else:
        report.say("key_good")


async def _token(report: Report, fetch: Callable[[], Awaitable[Json]]) -> str:
    try:
        found = await fetch()
    except PlatformError as error:
        report.say("token_bad", "bad", code=error.code, reason=report.reason(error.code))
        return ""
    report.say("token_good")
    return str(found["access_token"])


async def _wechat(report: Report, chosen: WechatSettings, *, production: bool) -> None:
    _settings(report, lambda: chosen.check(production=production))
    if chosen.mode == "plain":
        report.say("key_plain", "unknown")
    else:
        _key(report, chosen.token, chosen.aes_key, chosen.appid)
    now, nonce = str(int(time.time())), secrets.token_hex(4)
    query = {
        "timestamp": now,
        "nonce": nonce,
        "signature": signature(chosen.token, now, nonce),
        "echostr": "5",
    }
    await _address(report, chosen.public_url, "/wechat/callback", query, "5")
    async with client(chosen.api) as http:
        body = {"grant_type": "client_credential", "appid": chosen.appid, "secret": chosen.secret}
        token = await _token(report, lambda: ask(http, "POST", "/cgi-bin/stable_token", json=body))
        if token:
            await _sending(report, http, token)
            await _templates(report, http, token, chosen)


async def _sending(report: Report, http: httpx.AsyncClient, token: str) -> None:
    """A message for nobody: who may not send at all is told so before the name is looked at."""
    body = {"touser": NOBODY, "msgtype": "text", "text": {"content": "-"}}
    try:
        await ask(http, "POST", "/cgi-bin/message/custom/send", params={"access_token": token}, json=body)
    except PlatformError as error:
        if error.code not in USER_UNKNOWN:
            report.say("send_bad", "bad", code=error.code)
            return
    report.say("send_good")


async def _templates(report: Report, http: httpx.AsyncClient, token: str, chosen: WechatSettings) -> None:
    if not (chosen.template or chosen.subscription):
        report.say("template_none", "unknown")
    elif chosen.template:
        path = "/cgi-bin/template/get_all_private_template"
        try:
            found = await ask(http, "GET", path, params={"access_token": token})
        except PlatformError:
            found = {}
        if chosen.template in {one.get("template_id") for one in found.get("template_list", [])}:
            report.say("template_good")
        else:
            report.say("template_bad", "bad", template=chosen.template)
    else:
        report.say("template_good")


async def _wecom(report: Report, chosen: WecomSettings, *, production: bool) -> None:
    _settings(report, lambda: chosen.check(production=production))
    _key(report, chosen.token, chosen.aes_key, chosen.corpid)
    try:
        sealed = Crypto(chosen.token, chosen.aes_key, chosen.corpid).encrypt(b"5", str(int(time.time())), "7")
    except OperatorError:
        pass
    else:
        query = {
            "timestamp": sealed.timestamp, "nonce": sealed.nonce, "msg_signature": sealed.signature,
            "echostr": sealed.encrypt,
        }  # fmt: skip
        await _address(report, chosen.public_url, "/wecom/callback", query, "5")
    async with client(chosen.api) as http:
        query = {"corpid": chosen.corpid, "corpsecret": chosen.secret}
        token = await _token(report, lambda: ask(http, "GET", "/cgi-bin/gettoken", params=query))
        if not token:
            return
        body = {"offset": 0, "limit": 100}
        try:
            found = await ask(
                http, "POST", "/cgi-bin/kf/account/list", params={"access_token": token}, json=body
            )
        except PlatformError as error:
            report.say("kf_bad", "bad", code=error.code, reason=report.reason(error.code))
            return
        names = "、".join(str(one.get("name")) for one in found.get("account_list", []))
        report.say("kf_good", names=names) if names else report.say("kf_none", "bad")


async def _address(report: Report, public_url: str, path: str, query: dict[str, str], expected: str) -> None:
    url = public_url.rstrip("/") + path
    if public_url.startswith(LOCAL):
        report.say("address_local", "unknown")
    elif (port := urlsplit(public_url).port) not in {None, 80, 443}:
        report.say("address_port", "bad", port=port)
    try:
        async with httpx.AsyncClient(timeout=ADDRESS_SECONDS, trust_env=False) as http:
            answer = await http.get(url, params=query)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        report.say("address_bad", "bad", url=url, reason=type(error).__name__)
        return
    if answer.status_code == httpx.codes.OK and answer.text == expected:
        report.say("address_good", url=url)
    else:
        report.say("address_bad", "bad", url=url, reason=answer.status_code)


def main() -> int:
    """Print the report; 1 when something must be mended."""
    configure("diagnosis", logging.ERROR)  # the report says it in words
    try:
        report = asyncio.run(diagnose(WechatSettings(), WecomSettings(), production=settings().production))
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    print("\n".join(report.lines))
    return 1 if report.bad else 0


if __name__ == "__main__":
    sys.exit(main())
