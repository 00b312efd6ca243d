"""The parser of the WeChat platform's XML: whatever comes, it is a few fields or not genuine, and soon."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from channels.wechat import xml
from channels.wechat.crypto import NotGenuineError

GENUINE = (
    b"<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[o-1]]></FromUserName>"
    b"<CreateTime>1700000000</CreateTime><MsgType><![CDATA[text]]></MsgType>"
    b"<Content><![CDATA[\xe4\xbd\xa0\xe5\xa5\xbd &amp; ]]></Content><MsgId>1</MsgId></xml>"
)
BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + b"".join(
    b'<!ENTITY %c "%s">' % (name, b"&%c;" % (name - 1) * 10) for name in b"bcdefghij"
)
QUICK = settings(
    max_examples=400, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
SOON = 2.0


def read(body: bytes) -> dict[str, str] | None:
    """The fields, or None for what is not genuine; anything else fails the test."""
    began = time.process_time()
    try:
        fields = xml.read(body)
    except NotGenuineError:
        return None
    finally:
        assert time.process_time() - began < SOON
    assert sum(len(name) + len(text) for name, text in fields.items()) <= len(body)
    return fields


def test_a_genuine_message_is_read() -> None:
    assert read(GENUINE) == {
        "ToUserName": "gh_1", "FromUserName": "o-1", "CreateTime": "1700000000", "MsgType": "text",
        "Content": "你好 &amp;", "MsgId": "1",
    }  # fmt: skip


@pytest.mark.parametrize(
    "body",
    [
        BOMB + b"]><xml><Content>&j;</Content></xml>",
        b'<!DOCTYPE x [<!ENTITY a "' + b"a" * 50_000 + b'">]><xml><C>' + b"&a;" * 2000 + b"</C></xml>",
        b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><xml><C>1</C></xml>',
        b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><xml><Content>&f;</Content></xml>',
        b'<!DOCTYPE x [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]><xml><C>1</C></xml>',
        b'<!DOCTYPE x><xml><Content>1</Content></xml>',
        b"<xml><Content>&undeclared;</Content></xml>",
        b"<xml>" + b"<a>" * 20_000,
        b"<xml>" + b"<a " + b"b='1' " * 10_000 + b"/></xml>",
        b"<xml><a>1</a></xml>" * 2,
        b"<xml></yml>", b"<html><Content>1</Content></html>", b"<xml", b"", b"\x00", b"null", b"{}",
        b'<?xml version="1.0" encoding="utf-7"?><xml><C>+ADw-</C></xml>\xff',
        b"<xml><C>\xff\xfe</C></xml>", b"<xml><C>\x01</C></xml>", b"<xml><C>&#0;</C></xml>",
        GENUINE + b"x" * 70_000, GENUINE[:-6],
    ],
)  # fmt: skip
def test_what_the_platform_would_not_send_is_not_genuine(body: bytes) -> None:
    assert read(body) is None


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (b"<xml>" + b"<a>" * 5000 + b"</a>" * 5000 + b"</xml>", {}),
        (b'<xml xmlns:x="urn:x"><x:C>1</x:C></xml>', {"x:C": "1"}),
        (b'<?xml-stylesheet href="x"?><xml><!-- c --><C>1</C></xml>', {"C": "1"}),
        ("<xml><C>1</C></xml>".encode("utf-16"), {"C": "1"}),
        (b"<xml><C>]]&gt;<![CDATA[<a>&b;]]></C></xml>", {"C": "]]><a>&b;"}),
    ],
)
def test_odd_but_lawful_xml_has_only_its_own_text(body: bytes, fields: dict[str, str]) -> None:
    assert read(body) == fields


@QUICK
@given(st.binary(max_size=2000), st.sampled_from([b"", b"<xml>", b"<xml><C>", b"<xml><C><![CDATA["]))
def test_random_bytes(rest: bytes, start: bytes) -> None:
    read(start + rest)


@QUICK
@given(st.data())
def test_a_genuine_message_with_bytes_changed_cut_and_repeated(data: st.DataObject) -> None:
    content = bytearray(GENUINE)
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, max(len(content) - 1, 0)))
        match data.draw(st.sampled_from(["set", "cut", "insert", "repeat"])):
            case "set" if content:
                content[at] = data.draw(st.integers(0, 255))
            case "cut":
                del content[at : at + data.draw(st.integers(1, 40))]
            case "insert":
                content[at:at] = data.draw(st.sampled_from([b"<", b"&", b"]]>", b"<![CDATA[", b"<a>"]))
            case _:
                content[at:at] = content[at : at + 60]
    read(bytes(content))


@QUICK
@given(st.dictionaries(st.sampled_from(["Content", "MsgType", "ToUserName"]), st.text(max_size=80)))
def test_what_is_written_is_read_again(fields: dict[str, str]) -> None:
    lawful = {
        name: "".join(c for c in text if c in "\t\n" or (ord(c) >= 32 and not 0xD800 <= ord(c) < 0xE000
                                                         and ord(c) not in (0xFFFE, 0xFFFF)))
        for name, text in fields.items()
    }  # fmt: skip
    body = xml.write(dict(lawful)).encode()
    assert xml.read(body) == {name: text.strip() for name, text in lawful.items()}
