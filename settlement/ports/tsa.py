"""The timestamp authority (RFC 3161): none, one by its address, or the embedded run's own."""

from __future__ import annotations

import asyncio

from asn1crypto import keys, tsp, x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.sign.timestamps import HTTPTimeStamper, TimeStamper
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

from settlement import clock
from settlement.errors import OperatorError
from settlement.ports.ca_local import LocalCa

TIMEOUT_SECONDS = 10


class LocalTimestamps(TimeStamper):
    """Says what this machine's clock says: a stand-in, for nobody vouches for that clock."""

    def __init__(self, authority: LocalCa) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._authority = authority

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """A token for the present time, made in a thread: loading an RSA key takes a while."""
        return await asyncio.to_thread(self.response, req)

    def response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """The same at once."""
        pair = self._authority.timestamping()
        private = pair.key.private_bytes(
            Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        stamper = DummyTimeStamper(
            tsa_cert=x509.Certificate.load(pair.certificate.public_bytes(Encoding.DER)),
            tsa_key=keys.PrivateKeyInfo.load(private),
            fixed_dt=clock.now(),
        )
        return stamper.request_tsa_response(req)


def http_timestamps(url: str) -> TimeStamper:
    """The authority at ``url``. Only digests are sent, and the token proves itself, so http will do."""
    if not url.startswith(("https://", "http://")):
        raise OperatorError("TSA=http needs TSA_URL, the authority's address")
    return HTTPTimeStamper(url, timeout=TIMEOUT_SECONDS)
