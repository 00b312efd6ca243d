"""QR codes: ours alone, and only the newest prints."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from settlement.brokers import Brokers, qr
from settlement.errors import CustomerError
from settlement.ocr.qr import read_qr
from settlement.security.keys import Keyring
from settlement.settings import ROOT, Settings
from tests.unit.brokers.folders import replace


@pytest.fixture
def keyring(config: Settings) -> Keyring:
    return Keyring.load(config)


def decoded(png: bytes) -> str | None:
    return read_qr(np.asarray(cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR), np.uint8))


def refused(content: str, keyring: Keyring, brokers: Brokers) -> str:
    with pytest.raises(CustomerError) as caught:
        qr.verify(content, keyring, brokers)
    return caught.value.code


def test_a_code_of_ours_leads_to_its_company(config: Settings, keyring: Keyring) -> None:
    brokers = Brokers(config)
    content = qr.issue("0127", keyring, brokers.get("0127").qr_token)
    assert content.startswith("settlement-account:0127:1:")
    assert qr.verify(content, keyring, brokers) == "0127"
    assert qr.verify(f" {content}\n", keyring) == "0127"


def test_the_picture_reads_as_its_content(keyring: Keyring) -> None:
    content = qr.issue("0127", keyring)
    assert decoded(qr.png(content)) == content


@pytest.mark.parametrize(
    "content",
    [
        "", "0127", "https://example.com/0127", "settlement-account:0127:1:", "settlement-account:0127",
        "settlement-account:0127:1:" + "0" * 32, "SETTLEMENT-ACCOUNT:0127:1:" + "0" * 32,
    ],
)  # fmt: skip
def test_foreign_content_is_refused(config: Settings, keyring: Keyring, content: str) -> None:
    assert refused(content, keyring, Brokers(config)) == "qr_not_ours"


def test_a_changed_code_or_token_is_refused(config: Settings, keyring: Keyring) -> None:
    brokers = Brokers(config)
    content = qr.issue("0127", keyring)
    assert refused(content.replace("0127", "0368"), keyring, brokers) == "qr_not_ours"
    assert refused(content.replace(":1:", ":2:"), keyring, brokers) == "qr_not_ours"
    assert refused(content + "0", keyring, brokers) == "qr_not_ours"


def test_codes_signed_with_other_keys_are_refused(config: Settings, keyring: Keyring, tmp_path: Path) -> None:
    other = Keyring.load(Settings(state_dir=tmp_path / "other"))
    assert refused(qr.issue("0127", other), keyring, Brokers(config)) == "qr_not_ours"


def test_a_new_token_ends_older_prints(config: Settings, keyring: Keyring) -> None:
    brokers = Brokers(config)
    old = qr.issue("0127", keyring, brokers.get("0127").qr_token)
    replace(config.brokers_dir / "0127" / "broker.yml", "qr_token: 1 ", "qr_token: 2026b ")
    brokers.reload_if_changed()
    assert refused(old, keyring, brokers) == "qr_not_ours"
    assert qr.verify(qr.issue("0127", keyring, brokers.get("0127").qr_token), keyring, brokers) == "0127"


def test_the_code_of_a_disabled_or_unknown_company_is_told(config: Settings, keyring: Keyring) -> None:
    brokers = Brokers(config)
    assert refused(qr.issue("0999", keyring), keyring, brokers) == "broker_disabled"
    assert refused(qr.issue("0001", keyring), keyring, brokers) == "broker_unknown"


def test_trainers_draw_a_code_with_one_command(config: Settings, keyring: Keyring, tmp_path: Path) -> None:
    out = tmp_path / "out.png"
    environment = {"STATE_DIR": str(config.state_dir), "BROKERS_DIR": str(config.brokers_dir), "PATH": ""}
    command = [sys.executable, "-m", "settlement.brokers", "qr", "0127", str(out)]
    told = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    assert "海岳测试期货有限公司" in told.stdout
    content = decoded(out.read_bytes())
    assert content is not None
    assert qr.verify(content, keyring, Brokers(config)) == "0127"
