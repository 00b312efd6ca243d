"""The machine's Chromium, for tests that drive a page by hand."""

from __future__ import annotations

from tests.support.missing import program

FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
DEVICES = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
"""A camera and a microphone that are played, and allowed without asking."""


def chromium() -> str:
    """Its path; where there is none, the page is not tried."""
    return program("chromium", "chromium-browser", "google-chrome")
