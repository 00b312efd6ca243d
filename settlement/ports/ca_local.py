"""A certificate authority of the embedded run: a root, a seal for each company, a key for each signature.

Nobody has examined it and it knows nobody: ``ENVIRONMENT=production`` refuses it. A customer's key lives in
memory between ``certify`` and the one ``sign`` that uses it up.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from settlement import clock
from settlement.ports.ca import Credential, Person
from settlement.ports.errors import PortRefused
from settlement.security.keys import Keyring

_Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

YEAR = timedelta(days=365)
ROOT_LIFE = 40 * YEAR  # what was signed in the last of its years is kept for twenty more
SEAL_LIFE = 5 * YEAR
EVENT_LIFE = timedelta(days=1)
CRL_LIFE = timedelta(days=7)
BACKDATED = timedelta(minutes=5)  # clocks differ
MOST_WAITING = 1000
ORGANIZATION = "Local test authority - not for production"


@dataclass(frozen=True)
class Pair:
    """A certificate with its private key."""

    certificate: x509.Certificate
    key: _Key


class LocalCa:
    """Its files lie in ``folder``; private keys are sealed by the keyring, ``root.pem`` is for everybody."""

    def __init__(self, folder: Path, keyring: Keyring) -> None:
        self._folder = folder
        self._keyring = keyring
        self._pairs: dict[str, Pair] = {}
        self._waiting: dict[str, ec.EllipticCurvePrivateKey] = {}

    @property
    def root_file(self) -> Path:
        """The root certificate: all that a verifier needs."""
        self.root()
        return self._folder / "root.pem"

    def root(self) -> Pair:
        """The root; made at the first call on this machine."""
        return self._pair("root")

    def timestamping(self) -> Pair:
        """The certificate of the local timestamps (RSA, as pyHanko's own stamper wants it)."""
        return self._pair("tsa")

    async def certify(self, broker: str, person: Person, *, content_sha256: str, key: str) -> Credential:
        """A P-256 key and its certificate of a day; it names the person and the digest, no ID number."""
        private = ec.generate_private_key(ec.SECP256R1())
        subject = [
            x509.NameAttribute(NameOID.COMMON_NAME, person.name[:64]),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, f"{broker} {content_sha256[:32]}"),
        ]
        root = await asyncio.to_thread(self.root)
        certificate = _issue(subject, private.public_key(), root, EVENT_LIFE)
        credential = f"event-{secrets.token_hex(12)}"
        while len(self._waiting) >= MOST_WAITING:
            self._waiting.pop(next(iter(self._waiting)))
        self._waiting[credential] = private
        return _credential(credential, certificate, root)

    async def seal(self, broker: str) -> Credential:
        """The company's seal; made at the first call, and anew when it has run out."""
        pair = await asyncio.to_thread(self._pair, f"seal-{broker}")
        return _credential(f"seal-{broker}", pair.certificate, await asyncio.to_thread(self.root))

    async def sign(self, credential: str, digest: bytes) -> bytes:
        """Sign with the key of ``credential``; a customer's key signs once."""
        if credential.startswith("seal-"):
            key = (await asyncio.to_thread(self._pair, credential)).key
        else:
            found = self._waiting.pop(credential, None)
            if found is None:
                raise PortRefused("CA: this certificate has signed already, or is unknown")
            key = found
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        return key.sign(digest, ec.ECDSA(Prehashed(hashes.SHA256())))

    async def close(self) -> None:
        """Forget keys that were never used."""
        self._waiting.clear()

    def _pair(self, name: str) -> Pair:
        pair = self._pairs.get(name)
        if pair is None or pair.certificate.not_valid_after_utc <= clock.now():
            pair = self._pairs[name] = self._load_or_make(name)
        return pair

    def _load_or_make(self, name: str) -> Pair:
        root = None if name == "root" else self.root()
        with self._only_one():
            files = self._folder / f"{name}.key", self._folder / f"{name}.pem"
            if all(file.exists() for file in files):
                pair = self._load(name, *files)
                if pair.certificate.not_valid_after_utc > clock.now():
                    return pair
            pair = _make(name, root)
            private = pair.key.private_bytes(
                Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            _write(files[0], self._keyring.seal(private, f"ca:{name}"))
            _write(files[1], pair.certificate.public_bytes(Encoding.PEM))
            return pair

    def _load(self, name: str, key_file: Path, certificate_file: Path) -> Pair:
        private = self._keyring.unseal(key_file.read_bytes(), f"ca:{name}")
        key = serialization.load_der_private_key(private, password=None)
        assert isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey)
        return Pair(x509.load_pem_x509_certificate(certificate_file.read_bytes()), key)

    @contextmanager
    def _only_one(self) -> Iterator[None]:
        """Processes that start together agree on one root."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self._folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _make(name: str, root: Pair | None) -> Pair:
    known = {"root": "Local test root", "tsa": "Local test timestamps"}
    common = known.get(name, f"Local test seal {name[-4:]}")
    subject = [
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, ORGANIZATION),
        x509.NameAttribute(NameOID.COMMON_NAME, common),
    ]
    if name == "tsa":
        assert root is not None
        stamping = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        life = root.certificate.not_valid_after_utc - clock.now()
        return Pair(_issue(subject, stamping.public_key(), root, life, timestamping=True), stamping)
    key = ec.generate_private_key(ec.SECP256R1())
    life = SEAL_LIFE if root else ROOT_LIFE
    return Pair(_issue(subject, key.public_key(), root or key, life), key)


def _issue(
    subject: list[x509.NameAttribute[str]],
    public: ec.EllipticCurvePublicKey | rsa.RSAPublicKey,
    issuer: Pair | ec.EllipticCurvePrivateKey,
    life: timedelta,
    *,
    timestamping: bool = False,
) -> x509.Certificate:
    """A certificate from the root, or the root itself when ``issuer`` is its bare key."""
    root = isinstance(issuer, Pair)
    key = issuer.key if isinstance(issuer, Pair) else issuer
    name = x509.Name(subject)
    start = clock.now() - BACKDATED
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer.certificate.subject if isinstance(issuer, Pair) else name)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + BACKDATED + life)
        .add_extension(x509.BasicConstraints(ca=not root, path_length=None if root else 0), critical=True)
        .add_extension(_usage(authority=not root, timestamping=timestamping), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
    )
    if timestamping:
        purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        builder = builder.add_extension(purpose, critical=True)
    return builder.sign(key, hashes.SHA256())


def _usage(*, authority: bool, timestamping: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority, content_commitment=not authority and not timestamping,
        key_cert_sign=authority, crl_sign=authority, key_encipherment=False, data_encipherment=False,
        key_agreement=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip


def revocation_list(root: Pair, at: datetime) -> bytes:
    """The root's list, empty, as DER: an event's certificate outlives its key by a day at most."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(root.certificate.subject)
        .last_update(at - BACKDATED)
        .next_update(at + CRL_LIFE)
        .add_extension(x509.CRLNumber(int(at.timestamp())), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(root.key.public_key()), critical=False
        )
    )
    return builder.sign(root.key, hashes.SHA256()).public_bytes(Encoding.DER)


def _credential(name: str, certificate: x509.Certificate, root: Pair) -> Credential:
    chain = (certificate.public_bytes(Encoding.DER), root.certificate.public_bytes(Encoding.DER))
    return Credential(id=name, chain=chain, crls=(revocation_list(root, clock.now()),))


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
