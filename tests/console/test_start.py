"""The console as a process of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx

from settlement.settings import ROOT


def environment(tmp_path: Path, redis_url: str, companies: Path, port: int, **more: str) -> dict[str, str]:
    return {
        **os.environ,
        "STATE_DIR": str(tmp_path),
        "REDIS_URL": redis_url,
        "BROKERS_DIR": str(companies),
        "CONSOLE_PORT": str(port),
        **more,
    }


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def test_a_first_start_prints_passwords_serves_and_stops_when_told(
    tmp_path: Path, redis_url: str, companies: Path
) -> None:
    port = free_port()
    console = subprocess.Popen(
        [sys.executable, "-m", "console"],
        cwd=ROOT,
        env=environment(tmp_path, redis_url, companies, port),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        deadline = time.monotonic() + 90
        while True:
            try:
                answer = httpx.get(f"http://127.0.0.1:{port}/login")
                break
            except httpx.TransportError:
                assert console.poll() is None, console.stdout and console.stdout.read()
                assert time.monotonic() < deadline
                time.sleep(0.1)
        assert "员工登录" in answer.text
    finally:
        console.terminate()
        printed, _ = console.communicate(timeout=20)
    password = (tmp_path / "console-users.txt").read_text().split()[1]
    assert password in printed
    assert "Traceback" not in printed


def test_production_without_its_keys_does_not_start(tmp_path: Path, redis_url: str, companies: Path) -> None:
    console = subprocess.run(
        [sys.executable, "-m", "console"],
        cwd=ROOT,
        env=environment(tmp_path, redis_url, companies, free_port(), ENVIRONMENT="production"),
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert console.returncode == 1
    assert "ENCRYPTION_KEYS" in console.stderr
    assert "Traceback" not in console.stderr
    assert not (tmp_path / "console-users.txt").exists()
