"""Releasing swaps the model in every replica of a running assistant, and no turn is lost meanwhile."""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from deploy import manifest, models, running
from deploy.progress import SetupError
from deploy.training import MODELS, ensure_model, sources
from tests.conversations.stack import Stack
from tests.support.customer import Customer
from trainers.release import Replicas, replicas, swap

APOLOGY = "暂时"


@pytest.fixture(scope="module")
def two_rasas() -> Iterator[Stack]:
    with tempfile.TemporaryDirectory(prefix="release-") as folder:
        stack = Stack(Path(folder), replicas=2)
        try:
            stack.start()
            yield stack
        finally:
            stack.stop()


@pytest.fixture
def another_model() -> Iterator[Path]:
    """The same training under another name: what is swapped is an archive, whatever it learned."""
    archive = MODELS / "assistant-swapped-in.tar.gz"
    shutil.copy(ensure_model(), archive)
    models.sign(archive, sources())
    yield archive
    archive.unlink()
    manifest.manifest_of(archive).unlink(missing_ok=True)


def loaded(to: Replicas) -> list[str]:
    return [
        Path(httpx.get(f"{url}/status", params={"token": to.token}, timeout=60).json()["model_file"]).name
        for url in to.urls
    ]


class Chatting(threading.Thread):
    """A customer who asks without pause; every question must get its answer."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.customer = Customer(address)
        self.customer.arrive("0127")
        self.enough = threading.Event()
        self.asked = 0
        self.wrong: list[str] = []

    def run(self) -> None:
        while not self.enough.wait(0.3):
            self.asked += 1
            try:
                said = "".join(message["text"] or "" for message in self.customer.say("要收费吗"))
            except Exception as error:
                said = type(error).__name__
            if "收费" not in said and "费用" not in said and "免费" not in said:
                self.wrong.append(said)


@pytest.mark.conversation
def test_every_replica_swaps_and_no_turn_is_lost(two_rasas: Stack, another_model: Path) -> None:
    to = replicas(two_rasas.state)
    assert to is not None
    assert len(to.urls) == 2
    before = loaded(to)
    customers = [Chatting(two_rasas.assistant.address("gateway")) for _ in range(4)]
    for customer in customers:
        customer.start()
    try:
        swap(another_model, to)
        during = loaded(to)
        swap(MODELS / before[0], to)
    finally:
        for customer in customers:
            customer.enough.set()
        for customer in customers:
            customer.join()
    assert during == [another_model.name] * 2
    assert loaded(to) == before
    assert sum(customer.asked for customer in customers) > 8
    assert [customer.wrong for customer in customers] == [[]] * 4


@pytest.mark.conversation
def test_a_model_that_nobody_vouches_for_is_refused_and_the_old_one_goes_on(
    two_rasas: Stack, another_model: Path
) -> None:
    to = replicas(two_rasas.state)
    assert to is not None
    before = loaded(to)
    with another_model.open("ab") as archive:
        archive.write(b"more")
    with pytest.raises(SetupError):
        swap(another_model, to)
    # Not only our own command looks: Rasa's launcher refuses it too.
    answer = httpx.put(
        f"{to.urls[0]}/model",
        params={"token": to.token},
        json={"model_file": str(another_model)},
        timeout=60,
    )
    assert answer.status_code == 400
    assert loaded(to) == before
    customer = Customer(two_rasas.assistant.address("gateway"))
    assert customer.arrive("0127")


@pytest.mark.conversation
def test_rasas_own_interface_opens_to_the_token_alone(two_rasas: Stack) -> None:
    to = replicas(two_rasas.state)
    assert to is not None
    for token in ({}, {"token": "guessed"}):
        for path in ("/status", "/conversations/anybody/tracker"):
            assert httpx.get(f"{to.urls[0]}{path}", params=token, timeout=60).status_code == 401
    file = two_rasas.state / running.FILE
    assert file.stat().st_mode & 0o077 == 0
