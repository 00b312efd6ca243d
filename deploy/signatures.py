"""Ed25519 signatures of models (RFC 8032): where models are trained they are signed, elsewhere only checked.

Runs in an environment that has ``cryptography``, the application's or Rasa's (Python 3.10):

    python -m deploy.signatures new-key          # print a pair
    python -m deploy.signatures sign ARCHIVE     # the training files as JSON (path → sha256) on stdin
    python -m deploy.signatures verify ARCHIVE   # the same, or nothing: any training files will do

Keys are the 32 raw bytes in Base64: ``MODEL_SIGNING_KEY`` where models are trained, ``MODEL_VERIFY_KEY``
where they are served (several, comma separated, while keys change). Where neither is set, a local run makes
a pair of its own in an ignored folder.
"""

from __future__ import annotations

import base64
import json
import os
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from deploy import manifest
from deploy.environments import LOCAL
from deploy.manifest import UntrustedModelError

LOCAL_KEYS = LOCAL / "model-keys"
REFUSED = 3  # the exit code for an archive that must not be loaded, or cannot be signed


def new_pair() -> tuple[str, str]:
    """A signing key and the key that verifies it, in Base64."""
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    return _text(private), _text(_raw(key.public_key()))


def sign(
    archive: Path,
    sources: Mapping[str, str],
    environment: Mapping[str, str] = os.environ,
    local_keys: Path = LOCAL_KEYS,
) -> Path:
    """Vouch for an archive that was just trained from ``sources`` (path → sha256); returns the manifest."""
    key = signing_key(environment, local_keys)
    said: dict[str, Any] = {
        "format": manifest.FORMAT,
        "archive": archive.name,
        "sha256": manifest.digest(archive),
        "sources": dict(sorted(sources.items())),
        "made_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }
    said["signature"] = _text(key.sign(manifest.signed_part(said)))
    return manifest.write(archive, said)


def verify(
    archive: Path,
    *,
    sources: Mapping[str, str] | None = None,
    environment: Mapping[str, str] = os.environ,
    local_keys: Path = LOCAL_KEYS,
) -> None:
    """Raise ``UntrustedModelError`` unless a key that we trust signed for exactly these bytes.

    With ``sources``, the archive must also have been trained from exactly these files. Production needs
    ``MODEL_VERIFY_KEY`` and refuses to have the signing key on the same machine.
    """
    said = manifest.read(archive)
    keys = _verify_keys(environment, local_keys)
    if not any(_signed(said, key) for key in keys):
        raise UntrustedModelError(f"{archive.name} is not signed with a key that is trusted here")
    if said.get("archive") != archive.name:
        raise UntrustedModelError(f"the manifest beside {archive.name} is that of another archive")
    if said.get("sha256") != manifest.digest(archive):
        raise UntrustedModelError(f"{archive.name} is not the archive that was trained; train it again")
    if sources is not None and said.get("sources") != dict(sources):
        raise UntrustedModelError(f"{archive.name} was trained from other files; train it again")


def signing_key(
    environment: Mapping[str, str] = os.environ, local_keys: Path = LOCAL_KEYS
) -> Ed25519PrivateKey:
    """The key that signs here; ``UntrustedModelError`` on a machine that may only verify."""
    if environment.get("ENVIRONMENT") == "production":
        raise UntrustedModelError("a production machine signs no models: bring one that was signed elsewhere")
    if configured := environment.get("MODEL_SIGNING_KEY"):
        key = Ed25519PrivateKey.from_private_bytes(_bytes("MODEL_SIGNING_KEY", configured))
        trusted = {_raw(one) for one in _configured(environment)}
        if trusted and _raw(key.public_key()) not in trusted:
            raise UntrustedModelError("MODEL_VERIFY_KEY does not belong to MODEL_SIGNING_KEY")
        return key
    if environment.get("MODEL_VERIFY_KEY"):
        raise UntrustedModelError("this machine has MODEL_VERIFY_KEY alone: bring a model signed elsewhere")
    return _local(local_keys)


def _verify_keys(environment: Mapping[str, str], local_keys: Path) -> list[Ed25519PublicKey]:
    configured = _configured(environment)
    if environment.get("ENVIRONMENT") == "production":
        if not configured:
            raise UntrustedModelError("production needs MODEL_VERIFY_KEY, the public half of the models' key")
        if environment.get("MODEL_SIGNING_KEY"):
            raise UntrustedModelError("MODEL_SIGNING_KEY must not be on the machine that serves")
    if configured:
        return configured
    if environment.get("MODEL_SIGNING_KEY"):
        return [signing_key(environment).public_key()]
    with suppress(FileNotFoundError):
        text = (local_keys / "verify").read_text(encoding="ascii")
        return [Ed25519PublicKey.from_public_bytes(_bytes("the local verify key", text))]
    return []


def _configured(environment: Mapping[str, str]) -> list[Ed25519PublicKey]:
    texts = [one for one in environment.get("MODEL_VERIFY_KEY", "").split(",") if one.strip()]
    return [Ed25519PublicKey.from_public_bytes(_bytes("MODEL_VERIFY_KEY", one)) for one in texts]


def _local(folder: Path) -> Ed25519PrivateKey:
    """The pair of a machine that trains for itself; made when first needed, for this user's eyes alone."""
    private = folder / "signing"
    if not private.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = folder / f"signing.{os.getpid()}"
        with os.fdopen(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(new_pair()[0])
        with suppress(FileExistsError):
            private.hardlink_to(fresh)  # whole or not at all, and the first one stays
        fresh.unlink()
    text = private.read_text(encoding="ascii")
    key = Ed25519PrivateKey.from_private_bytes(_bytes("the local signing key", text))
    (folder / "verify").write_text(_text(_raw(key.public_key())), encoding="ascii")
    return key


def _signed(said: Mapping[str, Any], key: Ed25519PublicKey) -> bool:
    try:
        key.verify(base64.b64decode(str(said.get("signature")), validate=True), manifest.signed_part(said))
    except (InvalidSignature, ValueError):
        return False
    return True


def _bytes(name: str, text: str) -> bytes:
    try:
        raw = base64.b64decode(text.strip(), validate=True)
    except ValueError:
        raw = b""
    if len(raw) != 32:
        raise UntrustedModelError(f"{name} must be 32 bytes in Base64")
    return raw


def _raw(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


def main(arguments: list[str]) -> int:
    """The commands above; 3 and a sentence on stderr when it is refused."""
    try:
        match arguments:
            case ["new-key"]:
                signing, verifying = new_pair()
                print(f"MODEL_SIGNING_KEY={signing}\nMODEL_VERIFY_KEY={verifying}")
            case ["can-sign"]:
                signing_key()
            case ["sign", archive]:
                sign(Path(archive), json.load(sys.stdin))
            case ["verify", archive]:
                verify(Path(archive), sources=json.loads(sys.stdin.read() or "null"))
            case _:
                print(__doc__, file=sys.stderr)
                return 2
    except UntrustedModelError as error:
        print(error, file=sys.stderr)
        return REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
