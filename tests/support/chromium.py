"""The machine's Chromium, for tests that drive a page by hand."""

from __future__ import annotations

import os
import shutil

import pytest

FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
DEVICES = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
"""A camera and a microphone that are played, and allowed without asking."""


def chromium() -> str:
    """Its path. Where there is none the test is skipped, or fails when everything must be tried (CI)."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium is needed to try the page")
        pytest.skip("no Chromium on this machine: the page was not tried")
    return found
