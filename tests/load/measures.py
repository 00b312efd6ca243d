"""What is measured: ratios of two times taken one right after the other on the same machine."""

from __future__ import annotations

import asyncio
import itertools
import secrets
import statistics
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass

from channels.rasa import Rasa
from deploy import running
from tests.conversations.player import PHOTOS, Player
from tests.conversations.stack import Stack
from tests.load.phones import QUESTIONS, phones

WARM_UP = 3
LONG = 4
PHOTO_PEOPLE = ["顾英昱", "乔明涵"]
WRONG_SIDE = PHOTOS / "bank_00.jpg"


@dataclass(frozen=True)
class Figure:
    """One line of the table; ``ratio`` is ``time`` by ``against``, both in milliseconds."""

    question: str
    time: float
    against: float

    @property
    def ratio(self) -> float:
        """Smaller is better."""
        return self.time / self.against


@dataclass(frozen=True)
class Size:
    """How much of everything: customers at once, questions of each, pages that only listen."""

    customers: int = 30
    questions: int = 20
    listeners: int = 200


async def edges(stack: Stack, size: Size) -> list[Figure]:
    """What the gateway adds to Rasa: guarding, queueing, putting values back, delivering."""
    found = running.find(stack.state)
    assert found, "the assistant does not run"
    rasa = Rasa(",".join(found.rasa), found.rasa_token)

    async def directly(text: str) -> None:
        metadata = {"channel": "widget", "cid": f"load-{secrets.token_hex(8)}"}
        assert await rasa.ask(bare.conversation, text, metadata)

    async with phones(stack, 2) as [bare, phone]:
        alone = await _seconds(size.questions, directly)
        through = await _seconds(size.questions, phone.ask)
    await rasa.close()
    return [Figure("An answer through the gateway, against Rasa asked directly", _ms(through), _ms(alone))]


async def crowd(stack: Stack, size: Size) -> list[Figure]:
    """Everybody talks at once. Fails when an answer is lost, doubled or out of order."""
    async with phones(stack, size.customers + 1) as [one, *many]:
        single = await _seconds(size.questions, one.ask)
        began = time.perf_counter()
        waited = await asyncio.gather(*(phone.ask_many(size.questions) for phone in many))
        took = time.perf_counter() - began
        wrong = {number: phone.wrong() for number, phone in enumerate(many) if phone.wrong()}
        assert not wrong, wrong
    each = list(itertools.chain(*waited))
    turn = took / len(each) * 1000
    return [
        Figure(
            f"The server's time for an answer, {size.customers} customers at once, against one",
            turn,
            _ms(single),
        ),
        Figure("The slowest answer in twenty among them, against the middle one", _ms(each, 95), _ms(each)),
    ]


async def long_talk(stack: Stack, size: Size) -> list[Figure]:
    """A conversation that goes on must not grow slow: Rasa reads and writes its history at every turn."""
    async with phones(stack, 1) as [phone]:
        early = await _seconds(size.questions, phone.ask)
        for _ in range(LONG):
            await phone.ask_many(size.questions)
        late = await _seconds(size.questions, phone.ask)
    turns = (LONG + 2) * size.questions
    return [
        Figure(f"An answer after {turns} turns of one conversation, against its first", _ms(late), _ms(early))
    ]


async def listeners(stack: Stack, size: Size) -> list[Figure]:
    """Pages that are open and say nothing must cost nothing."""
    async with phones(stack, size.listeners + 1) as [one, *silent]:
        quiet = await _seconds(size.questions, one.ask)
        async with AsyncExitStack() as streams:
            for phone in silent:
                await streams.enter_async_context(phone.listening())
            listened = await _seconds(size.questions, one.ask)
    return [
        Figure(
            f"An answer while {size.listeners} other pages listen, against none", _ms(listened), _ms(quiet)
        )
    ]


async def photos(stack: Stack, size: Size) -> list[Figure]:
    """Others talk on while photos are read, and photos that come at once share the readers fairly."""
    players = [await asyncio.to_thread(_at_the_photo, stack, person) for person in PHOTO_PEOPLE]

    def read(player: Player) -> float:
        began = time.perf_counter()
        player.customer.photo(WRONG_SIDE, "id_front")
        return time.perf_counter() - began

    async with phones(stack, 1) as [phone]:
        single = [await asyncio.to_thread(read, players[0]) for _ in range(4)]
        quiet = await _seconds(size.questions, phone.ask)
        reading = asyncio.gather(*(_repeatedly(read, player) for player in players))
        beside = await _seconds(size.questions, phone.ask)
        both = list(itertools.chain(*await reading))
    return [
        Figure("An answer while two photos are read all the time, against none", _ms(beside), _ms(quiet)),
        Figure("A photo while another is read, against alone", _ms(both), _ms(single)),
    ]


Measure = Callable[[Stack, Size], Awaitable[list[Figure]]]

MEASURES: list[Measure] = [
    edges,
    crowd,
    long_talk,
    listeners,
    photos,
]


def _at_the_photo(stack: Stack, person: str) -> Player:
    stack.give_up_unfinished(person)
    player = Player(stack, person)
    player.play({"办到": "id_front"})
    return player


async def _repeatedly(read: Callable[[Player], float], player: Player, times: int = 6) -> list[float]:
    return [await asyncio.to_thread(read, player) for _ in range(times)]


async def _seconds(count: int, ask: Callable[[str], Awaitable[object]]) -> list[float]:
    """Seconds of each of ``count`` questions, after a few that do not count."""
    taken = []
    for text in itertools.islice(itertools.cycle(QUESTIONS), count + WARM_UP):
        began = time.perf_counter()
        await ask(text)
        taken.append(time.perf_counter() - began)
    return taken[WARM_UP:]


def _ms(seconds: list[float], percent: int = 50) -> float:
    return statistics.quantiles(seconds, n=100, method="inclusive")[percent - 1] * 1000
