"""The official vectors of signatures and message encryption, and everything that is no genuine request."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.wechat import xml
from channels.wechat.crypto import Crypto, NotGenuineError, check_signature, signature
from settlement.errors import OperatorError

WECOM = Crypto("QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", "wx5823bf96d3bd56c7")
VERIFY_SIGNATURE = "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3"
VERIFY_ECHO = "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ=="


def test_the_official_url_check_of_wecom_opens() -> None:
    opened = WECOM.decrypt(VERIFY_SIGNATURE, "1409659589", "263014780", VERIFY_ECHO)
    assert opened == b"1616140317555161061"


def test_the_official_plain_signatures_agree() -> None:
    assert signature("AAAAA", "1714036504", "1514711492") == "f464b24fc39322e44b38aa78f5edd27bd1441696"
    assert signature("AAAAA", "1714037059", "486452656") == "899cf89e464efb63f54ddac96b0a0a235f53aa78"


def test_the_official_answer_is_encrypted_byte_for_byte() -> None:
    crypto = Crypto("AAAAA", "A" * 43, "wxba5fad812f8e6fb9")
    sealed = crypto.encrypt(
        b'{"demo_resp":"good luck"}', "1713424427", "415670741", random=b"707722b803182950"
    )
    assert sealed.encrypt == (
        "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ=="
    )
    assert sealed.signature == "1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1"


@given(st.binary(max_size=3000))
def test_what_is_encrypted_opens_again(message: bytes) -> None:
    sealed = WECOM.encrypt(message, "1", "2")
    assert WECOM.decrypt(sealed.signature, "1", "2", sealed.encrypt) == message


@given(st.text(max_size=200))
def test_a_text_that_is_no_ciphertext_is_refused_and_nothing_else_happens(text: str) -> None:
    with pytest.raises(NotGenuineError):
        WECOM.decrypt(signature("QDG6eK", "1", "2", text), "1", "2", text)


@given(st.binary(min_size=1, max_size=200).map(lambda raw: raw * 16))
def test_ciphertext_of_another_key_is_refused(raw: bytes) -> None:
    encrypt = base64.b64encode(raw).decode()
    with pytest.raises(NotGenuineError):
        WECOM.decrypt(signature("QDG6eK", "1", "2", encrypt), "1", "2", encrypt)


def test_a_message_to_another_account_is_refused() -> None:
    other = Crypto("QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", "wx0000000000000000")
    sealed = other.encrypt(b"<xml/>", "1", "2")
    with pytest.raises(NotGenuineError):
        WECOM.decrypt(sealed.signature, "1", "2", sealed.encrypt)


def test_a_changed_signature_is_refused() -> None:
    with pytest.raises(NotGenuineError):
        check_signature("0" * 40, "token", "1", "2")
    with pytest.raises(NotGenuineError):
        check_signature("签名", "token", "1", "2")


@pytest.mark.parametrize("key", ["", "short", "A" * 42, "A" * 44, "钥" * 43])
def test_a_key_that_is_no_key_names_the_mistake(key: str) -> None:
    with pytest.raises(OperatorError):
        Crypto("token", key, "wx1")


@pytest.mark.parametrize(
    "body",
    [
        b"", b"hello", b"<xml>", b"<a></a>", b"\xff\xfe", b"{}",
        b'<!DOCTYPE xml [<!ENTITY a "b">]><xml><Content>&a;</Content></xml>',
        b'<!DOCTYPE xml SYSTEM "http://example.com/x.dtd"><xml></xml>',
        b"<xml>" + b"x" * 70_000 + b"</xml>",
    ],
)  # fmt: skip
def test_a_body_that_the_platform_would_not_send_is_refused(body: bytes) -> None:
    with pytest.raises(NotGenuineError):
        xml.read(body)


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cn", "Cs"]), max_size=100))
def test_every_text_survives_writing_and_reading(text: str) -> None:
    read = xml.read(xml.write({"Content": text, "CreateTime": 1, "Image": {"MediaId": "m"}}).encode())
    assert read == {"Content": text.strip(), "CreateTime": "1"}
