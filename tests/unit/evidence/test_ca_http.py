"""A licensed authority and a timestamp authority behind HTTP, played by a real server over the local ones."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from asn1crypto import tsp
from structlog.testing import capture_logs

from settlement.evidence import press as presses
from settlement.evidence.press import Press
from settlement.evidence.verify import verify_pdf
from settlement.ports import http
from settlement.ports.ca import Credential, HttpCa, Person
from settlement.ports.errors import PortRefused
from settlement.ports.http import JsonClient
from settlement.ports.tsa import LocalTimestamps, http_timestamps
from tests.support.silent import Limit, unreachable
from tests.unit.cases.errors import refused
from tests.unit.evidence.workshop import CONTEXT, ID_NUMBER, NAME, Workshop

PERSON = Person(name=NAME, id_number=ID_NUMBER)


def shape(credential: Credential) -> dict[str, Any]:
    return {
        "id": credential.id,
        "chain": [base64.b64encode(one).decode() for one in credential.chain],
        "crls": [base64.b64encode(one).decode() for one in credential.crls],
    }


class Authorities:
    """Both authorities at one address; ``spoil`` may change an answer."""

    def __init__(self, workshop: Workshop) -> None:
        self.local = workshop.authority
        self.stamps = LocalTimestamps(workshop.authority)
        self.heard: list[tuple[str, dict[str, str], Any]] = []
        self.spoil: dict[str, Any] = {}

    def answer(self, path: str, body: Any) -> dict[str, Any]:
        if path == "/v1/certificates":
            person = Person(name=body["name"], id_number=body["id_number"])
            credential = asyncio.run(
                self.local.certify(body["broker"], person, content_sha256=body["content_sha256"], key="k")
            )
            return {**shape(credential), **self.spoil}
        if path == "/v1/seals":
            return shape(asyncio.run(self.local.seal(body["broker"])))
        signature = asyncio.run(self.local.sign(body["credential"], bytes.fromhex(body["digest"])))
        return {"signature": base64.b64encode(signature).decode()}


@pytest.fixture
def authorities(workshop: Workshop) -> Iterator[tuple[Authorities, str]]:
    played = Authorities(workshop)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path == "/tsa":
                content = played.stamps.response(tsp.TimeStampReq.load(raw)).dump()
                mime = "application/timestamp-reply"
            else:
                body = json.loads(raw)
                played.heard.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
                content, mime = json.dumps(played.answer(self.path, body)).encode(), "application/json"
            self.send_response(200)
            self.send_header("Content-Type", mime)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield played, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


async def test_a_paper_is_signed_and_stamped_over_http(
    workshop: Workshop, authorities: tuple[Authorities, str]
) -> None:
    played, url = authorities
    authority = HttpCa(JsonClient("CA", url, "secret-token", production=False))
    press = Press(workshop.objects, authority, http_timestamps(f"{url}/tsa"), lambda: workshop.roots)
    made = await press.make(await workshop.order())
    await authority.close()
    pdf = await workshop.objects.get(made.file_id, context=CONTEXT)
    report = await asyncio.to_thread(verify_pdf, pdf, workshop.roots)
    assert report.ok
    assert all(one.time_proven for one in report.signatures)
    assert [path for path, _, _ in played.heard] == [
        "/v1/certificates", "/v1/seals", "/v1/signatures", "/v1/signatures",
    ]  # fmt: skip
    for path, headers, body in played.heard:
        assert headers["authorization"] == "Bearer secret-token"
        assert path == "/v1/seals" or headers["idempotency-key"]
        assert path == "/v1/certificates" or ID_NUMBER not in json.dumps(body)  # one call needs it


@pytest.mark.parametrize("limit", [(http, "TIMEOUT"), (presses, "PATIENCE_SECONDS")])
async def test_an_authority_that_never_answers_is_told_to_the_customer_and_logged_without_the_person(
    workshop: Workshop, limit: Limit, monkeypatch: pytest.MonkeyPatch
) -> None:
    with unreachable(monkeypatch, limit) as url, capture_logs() as logs:
        authority = HttpCa(JsonClient("CA", url, "secret-token", production=False))
        silent = Press(workshop.objects, authority, None, lambda: workshop.roots)
        with refused("signing_unavailable"):
            await silent.make(await workshop.order())
        await authority.close()
    assert [line["event"] for line in logs] == ["signing_failed"]
    assert not any(value in str(logs) for value in (NAME, ID_NUMBER, "secret-token"))


async def telling(workshop: Workshop, tmp_path: Path) -> dict[str, Any]:
    name = Person(name=f"{NAME} {ID_NUMBER}", id_number=ID_NUMBER)
    return shape(await workshop.authority.certify("0127", name, content_sha256="ab" * 32, key="k"))


@pytest.mark.parametrize(
    "spoilt", ["id number", {"crls": []}, {"chain": []}, {"chain": ["!"]}, {"chain": ["AAAA"]}]
)
async def test_a_certificate_that_must_not_be_used_is_refused(
    workshop: Workshop, authorities: tuple[Authorities, str], tmp_path: Path, spoilt: Any
) -> None:
    played, url = authorities
    played.spoil = await telling(workshop, tmp_path) if spoilt == "id number" else spoilt
    authority = HttpCa(JsonClient("CA", url, "secret-token", production=False))
    with pytest.raises(PortRefused) as caught:
        await authority.certify("0127", PERSON, content_sha256="ab" * 32, key="k")
    assert ID_NUMBER not in str(caught.value)
    press = Press(workshop.objects, authority, None, lambda: workshop.roots)
    with refused("signing_unavailable"):
        await press.make(await workshop.order())
    await authority.close()


async def test_a_timestamp_authority_that_is_away_stops_the_signing(workshop: Workshop) -> None:
    stamps = http_timestamps("http://127.0.0.1:9/tsa")
    press = Press(workshop.objects, workshop.authority, stamps, lambda: workshop.roots)
    with refused("signing_unavailable"):
        await press.make(await workshop.order())
