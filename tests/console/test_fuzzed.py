"""Random requests to the staff console, as each role: no crash, no trace, and nobody's work is lost."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from itertools import product
from urllib.parse import quote, urlencode

import hypothesis
import pytest
from hypothesis import strategies as st
from sanic import Sanic
from sqlalchemy import select

from console.app import create_app
from console.parts import Parts
from settlement.cases.models import Case
from settlement.cases.states import State
from settlement.ports.ca_local import LocalCa
from settlement.security.keys import Keyring
from tests.console.browser import CSRF, Browser
from tests.console.conftest import OpenBrowser
from tests.console.submitting import Submitted, submit

INSIDE = re.compile(r'Traceback|File "|sanic|\.py\b|sqlalchemy|pydantic', re.IGNORECASE)
# Every address but /logout, which would end the fuzzer's own session; the last test compares.
GET = ["/", "/login", "/brokers", "/health", "/brokers/{code}/qr.png", "/cases/{case}",
       "/cases/{case}/photos/{file}", "/static/{file}",
       "/evidence", "/cases/{case}/evidence", "/cases/{case}/papers/{file}",
       "/training", "/training/changes", "/training/figures", "/training/conversations/{talk}"]  # fmt: skip
POST = ["/login", "/evidence", *(f"/cases/{{case}}/{what}" for what in (
    "reveal", "claim", "release", "witness-pass", "witness-fail", "approve", "reject", "bundle",
    "hold", "unhold")),
        "/training/conversations/{talk}/{turn}/fine", "/training/conversations/{talk}/{turn}/means",
        "/training/changes/{turn}/drop", "/training/changes/try", "/training/changes/save"]  # fmt: skip
FIELDS = ["purpose", "checks", "reasons", "remark", "name", "password", "csrf", "attempt", "stage", "broker",
          "until", "signature", "sentence", "target", "answer", "reason", "turn", "__proto__"]  # fmt: skip
MEANT = ["compare_photo", "recording", "person", "id_card", "intent", "identity", "signature", "cards",
         "documents", "C01", "C42", "C99", "1", "0127", "9999999999", "witness", "-1", "1e309"]  # fmt: skip
MEAN = ["\x00", "\ud800", "'; DROP TABLE cases; --", "{{7*7}}", "<script>", "../../etc/passwd", "字" * 900,
        "9" * 5000, "%", "%ff"]  # fmt: skip
WORDS = st.one_of(st.sampled_from(MEANT), st.sampled_from(MEAN), st.text(max_size=40))
FORM = st.dictionaries(st.sampled_from(FIELDS), st.lists(WORDS, min_size=1, max_size=3), max_size=5)
BODIES = st.sampled_from(["form", "form", "form", "form", "json", "multipart", "broken"])
TYPES = {"json": "application/json", "multipart": "multipart/form-data; boundary=x",
         "broken": "application/x-www-form-urlencoded; charset=utf-7"}  # fmt: skip


@pytest.fixture(params=["witness", "reviewer", "admin", "trainer", ""])
async def fuzzer(
    request: pytest.FixtureRequest, house: Parts, url: str, at_screen: OpenBrowser
) -> AsyncIterator[tuple[Browser, Submitted]]:
    """A browser of each role, and a case that must have outlived what it sent."""
    case = await submit(house)
    LocalCa(house.settings.state_dir / "ca", Keyring.load(house.settings)).root()  # papers can be checked
    witness = await at_screen("witness")
    yield await at_screen(request.param), case
    assert (await witness.see(f"/cases/{case.case_no}")).status_code == 200
    if "/release" in witness.page:  # the fuzzer had claimed it as this witness
        await witness.send(f"/cases/{case.case_no}/release")
    await witness.send(f"/cases/{case.case_no}/claim")
    answer = await witness.send(
        f"/cases/{case.case_no}/witness-pass", checks=["recording", "person", "id_card", "intent"]
    )
    assert answer.status_code == 200, answer.text
    async with house.database.reading() as session:
        row = (await session.scalars(select(Case))).one()
        assert row.state in {State.R_PENDING, State.R_DOING, State.W_REJECTED}


def percent(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"), safe="")


def encoded(fields: dict[str, list[str]]) -> str:
    pairs = [(name, word.encode("utf-8", "surrogatepass")) for name, many in fields.items() for word in many]
    return urlencode(pairs)


@hypothesis.settings(
    max_examples=200, deadline=None, derandomize=True, database=None,
    suppress_health_check=list(hypothesis.HealthCheck),
)  # fmt: skip
@hypothesis.given(data=st.data())
async def test_any_request_gets_a_page(
    fuzzer: tuple[Browser, Submitted], house: Parts, data: st.DataObject
) -> None:
    browser, case = fuzzer
    method = data.draw(st.sampled_from(["GET", "GET", "POST", "POST", "POST", "PUT", "QUERY"]))
    place = data.draw(st.sampled_from(POST if method == "POST" else GET))
    path = place.format(
        case=percent(data.draw(st.one_of(st.just(case.case_no), st.just(case.case_no), WORDS))),
        file=percent(data.draw(st.one_of(st.sampled_from(sorted(case.files.values())), WORDS))),
        code=percent(data.draw(st.one_of(st.just("0127"), WORDS))),
        talk=percent(data.draw(WORDS)),
        turn=percent(data.draw(WORDS)),
    )
    async for key in house.redis.scan_iter("limit:*"):  # the fuzzer is to see more than “too often”
        await house.redis.delete(key)
    content, headers = b"", {}
    if method == "POST":
        page = await browser.client.get("/login" if place == "/login" else "/", follow_redirects=True)
        token = CSRF.search(page.text)
        kind = data.draw(BODIES)
        fields = {"csrf": [token[1] if token else ""]} | data.draw(FORM)
        content = encoded(fields).encode() if kind == "form" else data.draw(st.binary(max_size=300))
        headers = {"Content-Type": TYPES.get(kind, "application/x-www-form-urlencoded")}
    query = encoded(data.draw(FORM))[:6000]
    answer = await browser.client.request(method, f"{path}?{query}", content=content, headers=headers)
    assert answer.status_code < 500, (method, path, query[:200], content[:200])
    if answer.headers.get("content-type", "").startswith("text/html"):
        assert not INSIDE.search(answer.text), answer.text


def test_every_address_of_the_console_is_among_them(house: Parts) -> None:
    Sanic.test_mode = True
    served = set()
    for route in create_app(house, name="console-addresses").router.routes:
        path = re.sub(r"<case_no:[^>]*>", "{case}", "/" + route.path)
        path = re.sub(r"<code:[^>]*>", "{code}", path)
        path = re.sub(r"<pseudonym:[^>]*>", "{talk}", path)
        path = re.sub(r"<(turn|change):str>", "{turn}", path)
        path = re.sub(r"<(__file_uri__|file_id|paper)[^>]*>", "{file}", path)
        words = re.search(r"<change:([a-z|]+)>", path)  # one address for each of a few words
        paths = [path.replace(words[0], word) for word in words[1].split("|")] if words else [path]
        served |= set(product(route.methods - {"HEAD", "OPTIONS"}, paths))
    assert served - {("POST", "/logout")} == {("GET", one) for one in GET} | {("POST", one) for one in POST}


@pytest.mark.parametrize("until", ["9" * 5000, "٣", "1e9", "-1", "0x10", "\x00"])
async def test_a_link_to_a_photo_with_no_sensible_time_has_run_out(
    house: Parts, url: str, at_screen: OpenBrowser, until: str
) -> None:
    case = await submit(house)
    browser = await at_screen("witness")
    place = f"/cases/{case.case_no}/photos/{case.files['id_front']}"
    answer = await browser.client.get(place, params={"until": until, "signature": "x"})
    assert answer.status_code in {404, 410}
