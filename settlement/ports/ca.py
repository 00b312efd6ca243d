"""The certificate authority: certifies a customer for one signature, and holds the company's seal.

The contract for a licensed authority is docs/certificate-authority.md. Only digests go to be signed: neither
the paper nor the customer's private key ever passes through this interface.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any, Protocol

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pydantic import BaseModel, ConfigDict, Field

from settlement.ports.errors import PortRefused
from settlement.ports.http import JsonClient


class Person(BaseModel):
    """Whom to certify."""

    model_config = ConfigDict(frozen=True)

    name: str = Field(repr=False)
    id_number: str = Field(repr=False)


class Credential(BaseModel):
    """A certificate whose private key the authority holds.

    ``chain`` is DER, the signer's first and the root last (the root may be missing); ``crls`` are DER lists
    that show none of the chain revoked, for long-term validation.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    chain: tuple[bytes, ...] = Field(repr=False, min_length=1)
    crls: tuple[bytes, ...] = Field(repr=False, min_length=1)

    @property
    def certificate(self) -> x509.Certificate:
        """The signer's certificate."""
        return x509.load_der_x509_certificate(self.chain[0])

    @property
    def serial(self) -> str:
        """Its serial number, in hex."""
        return f"{self.certificate.serial_number:X}"


class CertificateAuthority(Protocol):
    """``PortUnavailable`` when a later try may succeed, ``PortRefused`` when it will not."""

    async def certify(self, broker: str, person: Person, *, content_sha256: str, key: str) -> Credential:
        """A certificate for one signature under content of this digest. A repeated ``key`` is harmless."""
        ...

    async def seal(self, broker: str) -> Credential:
        """The company's certificate."""
        ...

    async def sign(self, credential: str, digest: bytes) -> bytes:
        """A signature over a SHA-256 digest (32 bytes): ECDSA in DER, or RSA PKCS #1 v1.5."""
        ...

    async def close(self) -> None:
        """Give up connections."""
        ...


class HttpCa:
    """A licensed authority behind its HTTP interface."""

    def __init__(self, client: JsonClient) -> None:
        self._client = client

    async def certify(self, broker: str, person: Person, *, content_sha256: str, key: str) -> Credential:
        """``POST v1/certificates``."""
        body = {
            "broker": broker, "name": person.name, "id_number": person.id_number,
            "content_sha256": content_sha256,
        }  # fmt: skip
        credential = self._credential(await self._client.post("v1/certificates", body, key=key))
        if names_id_number(credential, person.id_number):
            # It travels with the paper to everybody who is shown it.
            raise PortRefused(f"{self._client.name}: a certificate names an ID number")
        return credential

    async def seal(self, broker: str) -> Credential:
        """``POST v1/seals``."""
        return self._credential(await self._client.post("v1/seals", {"broker": broker}))

    async def sign(self, credential: str, digest: bytes) -> bytes:
        """``POST v1/signatures``."""
        body = {"credential": credential, "algorithm": "sha256", "digest": digest.hex()}
        answer = await self._client.post("v1/signatures", body, key=f"{credential}-{digest.hex()}")
        return self._bytes(answer.get("signature"))

    def _credential(self, answer: dict[str, Any]) -> Credential:
        chain, crls = answer.get("chain"), answer.get("crls")
        if not (isinstance(chain, list) and chain and isinstance(crls, list) and crls):
            raise PortRefused(f"{self._client.name}: a certificate needs its chain and revocation lists")
        credential = Credential(
            id=str(answer.get("id", "")),
            chain=tuple(self._bytes(one) for one in chain),
            crls=tuple(self._bytes(one) for one in crls),
        )
        try:
            for one in credential.chain:
                x509.load_der_x509_certificate(one)
            for one in credential.crls:
                x509.load_der_x509_crl(one)
        except ValueError:
            raise PortRefused(f"{self._client.name}: the certificate or a list cannot be read") from None
        return credential

    def _bytes(self, value: object) -> bytes:
        try:
            return base64.b64decode(str(value), validate=True)
        except binascii.Error:
            raise PortRefused(f"{self._client.name}: the answer is not in base64") from None

    async def close(self) -> None:
        """Close the pooled connections."""
        await self._client.close()


def names_id_number(credential: Credential, id_number: str) -> bool:
    """Whether the full ID number stands in the signer's certificate, in any of the encodings of names."""
    der = credential.certificate.public_bytes(Encoding.DER)
    return any(id_number.encode(encoding) in der for encoding in ("utf-8", "utf-16-be", "utf-32-be"))
