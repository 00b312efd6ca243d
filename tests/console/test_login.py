"""Who gets into the console, and what keeps others out."""

from __future__ import annotations

import re

import httpx
import pytest

from console.demonstration import FILE, ensure_staff
from console.parts import Parts
from console.sessions import OLDEST
from settlement import clock
from settlement.errors import OperatorError
from tests.console.browser import Browser
from tests.console.conftest import OpenBrowser
from tests.support.redis import as_bytes


async def test_a_stranger_sees_the_login_page_alone(url: str) -> None:
    async with httpx.AsyncClient(base_url=url) as client:
        for path in ("/", "/brokers", "/cases/JS-KMTR-WQZP", "/cases/x/photos/f_1", "/brokers/0127/qr.png"):
            answer = await client.get(path)
            assert (answer.status_code, answer.headers["location"]) == (303, "/login")
        assert (await client.post("/cases/x/claim")).status_code == 303


async def test_the_right_password_opens_the_queue(at_screen: OpenBrowser) -> None:
    browser = await at_screen("reviewer")
    assert "待复核" in browser.page
    assert "reviewer · 复核员" in browser.page
    cookie = next(one for one in browser.client.cookies.jar if one.name == "staff")
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert cookie.get_nonstandard_attr("SameSite") == "Strict"


@pytest.mark.parametrize("name", ["reviewer", "nobody", "", "' OR 1=1 --"])
async def test_a_wrong_password_says_no_more_than_that(at_screen: OpenBrowser, name: str) -> None:
    browser = await at_screen("")
    answer = await browser.log_in(name, "guess")
    assert answer.status_code == 401
    assert "用户名或密码不正确" in answer.text
    assert "staff" not in browser.client.cookies


async def test_guessing_is_stopped_for_that_name_alone(
    at_screen: OpenBrowser, passwords: dict[str, str]
) -> None:
    browser = await at_screen("")
    for _ in range(10):
        await browser.log_in("witness", "guess")
    assert (await browser.log_in("witness", passwords["witness"])).status_code == 429
    assert (await browser.log_in("reviewer", passwords["reviewer"])).status_code == 200


async def test_logging_out_ends_the_session_itself(at_screen: OpenBrowser) -> None:
    browser = await at_screen("admin")
    stolen = browser.client.cookies["staff"]
    await browser.send("/logout")
    assert "员工登录" in browser.page
    browser.client.cookies.set("staff", stolen)
    assert "员工登录" in (await browser.see("/")).text


async def test_a_session_ends_by_age(at_screen: OpenBrowser, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = await at_screen("admin")
    later = clock.now() + OLDEST + (OLDEST / 100)
    monkeypatch.setattr("console.sessions.clock.now", lambda: later)
    assert "员工登录" in (await browser.see("/")).text


async def test_somebody_who_left_is_out_at_once(at_screen: OpenBrowser, house: Parts) -> None:
    browser = await at_screen("admin")
    await house.staff.remove("admin")
    assert "员工登录" in (await browser.see("/")).text


async def test_redis_never_holds_what_the_cookie_holds(at_screen: OpenBrowser, house: Parts) -> None:
    browser = await at_screen("admin")
    secret = browser.client.cookies["staff"]
    for key in map(as_bytes, await house.redis.keys("*")):
        assert secret.encode() not in key
        if key.startswith(b"console:session:"):
            assert secret.encode() not in as_bytes(await house.redis.get(key))


async def test_a_post_without_the_pages_token_does_nothing(at_screen: OpenBrowser) -> None:
    browser = await at_screen("admin")
    browser.page = ""
    assert (await browser.send("/logout")).status_code == 403
    browser.page = 'name="csrf" value="guessed"'
    assert (await browser.send("/logout")).status_code == 403
    assert "admin" in (await browser.see("/")).text


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}]
)
async def test_a_post_from_another_site_does_nothing(at_screen: OpenBrowser, headers: dict[str, str]) -> None:
    browser = await at_screen("admin")
    token = re.search(r'name="csrf" value="([^"]+)"', browser.page)
    assert token is not None
    answer = await browser.client.post("/logout", data={"csrf": token[1]}, headers=headers)
    assert answer.status_code == 403
    assert "admin" in (await browser.see("/")).text


async def test_a_login_form_of_another_site_does_nothing(url: str, passwords: dict[str, str]) -> None:
    async with httpx.AsyncClient(base_url=url) as client:
        answer = await client.post(
            "/login", data={"name": "admin", "password": passwords["admin"], "csrf": "x"}
        )
    assert answer.status_code == 403
    assert "staff" not in answer.cookies


async def test_a_login_form_works_although_another_tab_opened_one(
    at_screen: OpenBrowser, passwords: dict[str, str]
) -> None:
    browser = await at_screen("")
    await browser.see("/login")
    page = browser.page
    await browser.see("/favicon.ico")
    await browser.see("/login")
    browser.page = page
    assert (await browser.send("/login", name="admin", password=passwords["admin"])).status_code == 200


async def test_every_page_forbids_scripts_frames_and_keeping(at_screen: OpenBrowser) -> None:
    browser = await at_screen("admin")
    for path in ("/", "/brokers", "/login", "/nowhere"):
        answer = await browser.see(path)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["cache-control"] == "no-store"
        assert "<script" not in answer.text
        assert " style=" not in answer.text


async def test_an_unknown_page_is_a_page_too(at_screen: OpenBrowser) -> None:
    browser = await at_screen("admin")
    answer = await browser.see("/nowhere")
    assert answer.status_code == 404
    assert "没有这个页面" in answer.text


async def test_the_demonstration_staff_is_made_once_and_kept_for_the_owners_eyes(
    house: Parts, passwords: dict[str, str]
) -> None:
    file = house.settings.state_dir / FILE
    assert file.stat().st_mode & 0o777 == 0o600
    assert all(password in file.read_text() for password in passwords.values())
    assert await ensure_staff(house.settings, house.staff) is None


async def test_production_gets_no_demonstration_staff(house: Parts) -> None:
    production = house.settings.model_copy(update={"environment": "production"})
    with pytest.raises(OperatorError, match="no staff"):
        await ensure_staff(production, house.staff)
    assert not (house.settings.state_dir / FILE).exists()


async def test_health_is_told_to_anybody(url: str) -> None:
    browser = Browser(url)
    assert (await browser.see("/health")).json() == {"status": "ok"}
    await browser.close()
