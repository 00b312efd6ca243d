"""Photos are re-encoded, kept sealed, and shown to those alone whose they are (R-027, R-033, R-081)."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from PIL import Image
from redis.asyncio import Redis

from settlement.security.captcha import Captchas
from settlement.settings import Settings
from tests.channels.customer import Customer
from tests.channels.login import log_in
from tests.channels.wire import WireRasa


def photo(kind: str = "JPEG") -> bytes:
    out = io.BytesIO()
    picture = Image.effect_noise((640, 400), 60).convert("RGB")
    exif = Image.Exif()
    exif[0x010E] = "GPS of the customer"
    picture.save(out, kind, **({"exif": exif} if kind == "JPEG" else {}))
    return out.getvalue()


def send(customer: Customer, data: bytes, **form: str) -> httpx.Response:
    return customer.http.post("/api/uploads", files={"file": ("me.jpg", data, "image/jpeg")}, data=form)


def test_a_photo_reaches_rasa_as_an_id_with_its_size(customer: Customer, rasa: WireRasa) -> None:
    stored = send(customer, photo("PNG"), kind="id_front")
    assert stored.status_code == 201
    upload = stored.json()["upload"]
    assert stored.json() == {"upload": upload, "width": 640, "height": 400}
    customer.say("upload", upload=upload)
    [asked] = rasa.of(customer.conversation)
    assert asked.message == "/upload"
    assert asked.metadata["upload"] | {"sha256": "…"} == {
        "id": upload, "kind": "id_front", "sha256": "…", "width": 640, "height": 400,
    }  # fmt: skip
    assert [entry["upload"] for entry in customer.entries() if entry["author"] == "customer"] == [upload]


def test_what_is_shown_is_the_picture_without_what_the_camera_wrote(
    customer: Customer, chosen: Settings
) -> None:
    upload = send(customer, photo()).json()["upload"]
    shown = customer.http.get(f"/api/images/{upload}")
    assert shown.headers["content-type"] == "image/jpeg"
    assert "no-store" in shown.headers["cache-control"]
    assert Image.open(io.BytesIO(shown.content)).size == (640, 400)
    assert b"GPS" not in shown.content
    on_disk = [path.read_bytes() for path in Path(chosen.state_dir).rglob(f"*{upload}*")]
    assert on_disk
    assert all(shown.content[:400] not in sealed and not sealed.startswith(b"\xff\xd8") for sealed in on_disk)


def test_a_photo_of_another_conversation_can_be_neither_seen_nor_sent(
    newcomer: Callable[[], Customer], rasa: WireRasa
) -> None:
    mine, other = newcomer(), newcomer()
    mine.enter()
    other.enter()
    upload = send(mine, photo()).json()["upload"]
    seen = other.http.get(f"/api/images/{upload}")
    assert (seen.status_code, seen.json()["error"]) == (404, "image_not_found")
    sent = other.post("upload", upload=upload)
    assert (sent.status_code, sent.json()["error"]) == (404, "upload_not_found")


async def test_a_photo_sent_by_a_customer_who_was_logged_in_is_hidden_after_the_login(
    customer: Customer, redis: Redis
) -> None:
    await log_in(redis, customer.conversation)
    upload = send(customer, photo()).json()["upload"]
    assert customer.http.get(f"/api/images/{upload}").status_code == 200
    await log_in(redis, customer.conversation, ended=True)
    assert customer.http.get(f"/api/images/{upload}").status_code == 404


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "image_type"),
        (b"MZ" + b"\0" * 400, "image_type"),
        (photo()[:900], "image_unreadable"),
        (b"", "image_unreadable"),
    ],
)
def test_what_is_no_photo_is_refused_with_a_reason(customer: Customer, data: bytes, code: str) -> None:
    answer = send(customer, data)
    assert (answer.status_code, answer.json()["error"]) == (400, code)
    assert "{" not in answer.json()["message"]


def test_a_heic_photo_is_refused_with_what_to_set_on_the_phone(customer: Customer) -> None:
    answer = send(customer, b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\0" * 400)
    assert (answer.status_code, answer.json()["error"]) == (400, "image_heic")
    for word in ("设置 → 相机 → 格式", "兼容性最佳", "安卓"):
        assert word in answer.json()["message"]


def test_a_kind_that_is_none_is_refused(customer: Customer) -> None:
    assert send(customer, photo(), kind="passport").json()["error"] == "bad_request"
    assert customer.http.post("/api/uploads", json={}).json()["error"] == "bad_request"


def test_what_is_too_large_is_refused_before_it_is_read(customer: Customer) -> None:
    answer = send(customer, b"\xff\xd8\xff" + b"\0" * 13_000_000)
    assert (answer.status_code, answer.json()["error"]) == (413, "request_too_large")
    words = customer.http.post("/api/messages", content=b" " * 70_000)
    assert words.status_code == 413


def test_a_body_without_a_stated_length_is_bounded_as_well(customer: Customer) -> None:
    def without_end() -> Iterator[bytes]:
        for _ in range(200):
            yield b" " * 1000

    try:
        answer = customer.http.post("/api/messages", content=without_end())
    except httpx.TransportError:
        return  # the connection was cut, which bounds it too
    assert answer.status_code == 413


async def test_a_captcha_is_shown_in_its_own_conversation_alone(
    newcomer: Callable[[], Customer], redis: Redis
) -> None:
    mine, other = newcomer(), newcomer()
    mine.enter()
    other.enter()
    captcha = await Captchas(redis).new(mine.conversation)
    picture = mine.http.get(f"/api/captcha/{captcha}.png")
    assert picture.headers["content-type"] == "image/png"
    assert picture.content.startswith(b"\x89PNG")
    assert other.http.get(f"/api/captcha/{captcha}.png").json()["error"] == "captcha_expired"
