"""``./run release`` and ``./run rollback``: which model customers talk to.

Each replica of Rasa swaps its model while it goes on answering (``PUT /model``): turns under way end with
the old one, the next begin with the new one, and trackers stay. When one replica refuses, those already
swapped go back, so that all customers always talk to the same model.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import httpx

from deploy import manifest, models, releases, running
from deploy.environments import LOCAL
from deploy.progress import SetupError, say
from deploy.training import digest_of_sources, model
from deploy.words import word
from trainers.report import result, write

SWAP_SECONDS = 120.0


@dataclass(frozen=True)
class Replicas:
    """Rasa's addresses and the token that opens them."""

    urls: list[str]
    token: str


def replicas(state: Path | None = None) -> Replicas | None:
    """Those that ``RASA_URL`` and ``RASA_TOKEN`` name, else those of the assistant that runs here."""
    if url := os.environ.get("RASA_URL"):
        return Replicas([one.strip().rstrip("/") for one in url.split(",")], os.environ.get("RASA_TOKEN", ""))
    here = running.find(state or Path(os.environ.get("STATE_DIR", LOCAL / "state")))
    return Replicas(here.rasa, here.rasa_token) if here else None


def swap(archive: Path, to: Replicas, *, patience: float = SWAP_SECONDS) -> Path:
    """Every replica loads ``archive``; the model of before.

    ``SetupError`` when one cannot, with all of them as before.
    """
    models.verify(archive)
    before: list[tuple[str, str]] = []
    with httpx.Client(timeout=httpx.Timeout(patience, connect=5.0), trust_env=False) as client:
        for number, url in enumerate(to.urls, start=1):
            began = time.monotonic()
            try:
                old = _exchange(client, url, to.token, archive)
            except (httpx.HTTPError, SetupError) as error:
                for earlier, former in reversed(before):
                    _load(client, earlier, to.token, former)
                # An error of httpx may name the address with its token.
                reason = str(error) if isinstance(error, SetupError) else type(error).__name__
                raise SetupError(word("release_replica_failed", number=number, reason=reason)) from None
            before.append((url, str(archive.with_name(Path(old).name))))
            seconds = time.monotonic() - began
            say(word("release_replica", number=number, all=len(to.urls), seconds=seconds))
    return Path(before[0][1])


def _exchange(client: httpx.Client, url: str, token: str, archive: Path) -> str:
    """Load, and look whether it was; the model of before."""
    old = _loaded(client, url, token)
    _load(client, url, token, str(archive))
    now = _loaded(client, url, token)
    if Path(now).name != archive.name:
        raise SetupError(now or "?")
    return old


def _load(client: httpx.Client, url: str, token: str, archive: str) -> None:
    answer = client.put(f"{url}/model", params={"token": token}, json={"model_file": archive})
    if answer.status_code != httpx.codes.NO_CONTENT:
        raise SetupError(str(answer.status_code))


def _loaded(client: httpx.Client, url: str, token: str) -> str:
    answer = client.get(f"{url}/status", params={"token": token})
    if answer.status_code != httpx.codes.OK:
        raise SetupError(str(answer.status_code))
    return str(answer.json().get("model_file") or "")


def release(arguments: Sequence[str]) -> int:
    """Put the present model out, if its own report says that it passed."""
    archive = model()
    name = archive.name.removesuffix(".tar.gz")
    report = result.load(name)
    if report is None or not archive.exists() or report.sha256 != manifest.digest(archive):
        say(word("release_no_report", model=digest_of_sources()))
        return 1
    if not report.passed:
        say(word("release_not_passed"))
        for gate in report.conditions:
            say("  " + write.gate_words(gate))
        return 1
    record = releases.read()
    if record.current == name:
        say(word("release_already", model=name))
        return 0
    return _put_out(archive, record.now(name, "released"))


def rollback(arguments: Sequence[str]) -> int:
    """Put the model of before out again."""
    record = releases.read()
    if not record.previous:
        say(word("rollback_none"))
        return 1
    archive = releases.archive(record.previous)
    if not archive.exists():
        say(word("rollback_gone", model=record.previous))
        return 1
    return _put_out(archive, record.now(record.previous, "rolled_back"))


def _put_out(archive: Path, record: releases.Released) -> int:
    models.verify(archive)
    to = replicas()
    if to is not None:
        try:
            former = swap(archive, to)
        except SetupError as error:
            say(str(error))
            return 1
        # Before the first release, customers talked to a model that was never released.
        if not record.previous and former.name != archive.name and former.exists():
            record = replace(record, previous=former.name.removesuffix(".tar.gz"))
    releases.write(record)
    say(word("release_done" if to else "release_done_later", model=record.current))
    if record.previous:
        say(word("release_previous", model=record.previous))
    return 0
