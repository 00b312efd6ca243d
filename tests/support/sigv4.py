"""AWS Signature Version 4 of a request, computed anew as a store does it (AWS General Reference, SigV4)."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, quote, unquote, urlsplit

AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[^/]+)/(?P<scope>\d{8}/[^/]+/s3/aws4_request), ?"
    r"SignedHeaders=(?P<headers>[a-z0-9;-]+), ?Signature=(?P<signature>[0-9a-f]{64})"
)
WANTED = {"host", "x-amz-content-sha256", "x-amz-date"}


def is_signed(
    method: str, target: str, headers: Mapping[str, str], body: bytes, key: str, secret: str
) -> bool:
    """Whether this request was signed with that secret, and its body is the one that was signed."""
    said = {name.lower(): value for name, value in headers.items()}
    found = AUTHORIZATION.fullmatch(said.get("authorization", ""))
    if found is None or found["key"] != key or not set(found["headers"].split(";")) >= WANTED:
        return False
    if said["x-amz-content-sha256"] != hashlib.sha256(body).hexdigest():
        return False
    right = signature(method, target, said, found["headers"], found["scope"], secret)
    return hmac.compare_digest(right, found["signature"])


def signature(
    method: str, target: str, said: Mapping[str, str], signed_headers: str, scope: str, secret: str
) -> str:
    """The signature in hex; ``said`` are headers with names in lower case."""
    place = urlsplit(target)
    query = sorted(parse_qsl(place.query, keep_blank_values=True))
    canonical = "\n".join(
        [
            method,
            quote(unquote(place.path), safe="/-_.~"),
            "&".join(f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}" for name, value in query),
            *(f"{name}:{' '.join(said[name].split())}" for name in signed_headers.split(";")),
            "",
            signed_headers,
            said["x-amz-content-sha256"],
        ]
    )
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    to_sign = f"AWS4-HMAC-SHA256\n{said['x-amz-date']}\n{scope}\n{digest}"
    derived = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        derived = hmac.digest(derived, part.encode(), "sha256")
    return hmac.digest(derived, to_sign.encode(), "sha256").hex()
