"""A hundred followers at once, and everything goes wrong: nothing is lost and nothing comes twice."""

from __future__ import annotations

import random
import threading
import time
from functools import partial

from settlement.settings import Settings
from tests.channels.conftest import running_gateway
from tests.channels.wire import Answers, Asked, WireRasa
from tests.support.wechat.phone import Phone, WeChat

FOLLOWERS = 100
WORDS = [f"第{number}句" for number in range(3)]


class SlowRasa:
    """Answers after a while; while the gate is closed, not at all."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.waiting = 0

    def __call__(self, asked: Asked) -> Answers:
        self.waiting += 1
        self.gate.wait(30)
        time.sleep(random.choice([0, 0, 0.1, 1.0]))
        return [{"recipient_id": asked.sender, "text": f"〔{asked.message}〕"}]


def at_once(deeds: list[threading.Thread]) -> None:
    for deed in deeds:
        deed.start()


def soon(phone: Phone, words: str) -> None:
    """Write within the next seconds, in no particular order."""
    time.sleep(random.uniform(0, 6))
    phone.write(words)


def test_a_hundred_followers_slow_turns_double_and_shuffled_deliveries_new_tokens_and_a_killed_gateway(
    chosen: Settings, rasa: WireRasa, redis_now: None
) -> None:
    wechat, slow = WeChat(), SlowRasa()
    wechat.twice = True
    rasa.answer = slow
    with (
        running_gateway(chosen, wechat.environment) as first,
        running_gateway(chosen, wechat.environment) as second,
    ):
        wechat.callback = f"{first.url}/wechat/callback"
        wechat.others = [f"{second.url}/wechat/callback"]
        phones = [Phone(wechat) for _ in range(FOLLOWERS)]
        deeds = [
            threading.Thread(target=phone.write, args=(words,)) for phone in phones for words in WORDS[:1]
        ]
        random.shuffle(deeds)
        at_once(deeds)
        end = time.monotonic() + 20
        while slow.waiting < FOLLOWERS // 2 and time.monotonic() < end:
            time.sleep(0.05)
        first.kill()
        wechat.callback, wechat.others = wechat.others[0], []
        wechat.book.rotate_tokens()
        slow.gate.set()
        wechat.twice = False
        late = [threading.Thread(target=soon, args=(phone, words)) for phone in phones for words in WORDS[1:]]
        random.shuffle(late)
        at_once(late)
        time.sleep(2)
        wechat.book.rotate_tokens()
        for deed in [*deeds, *late]:
            deed.join(60)

        def everything(phone: Phone) -> str:
            return "\n".join(heard.text for heard in phone.chat)

        def has_all(phone: Phone) -> bool:
            return all(f"〔{words}〕" in everything(phone) for words in WORDS)

        for phone in phones:
            phone.wait(partial(has_all, phone), 90)
        time.sleep(2)
        for phone in phones:
            said = everything(phone)
            assert [said.count(f"〔{words}〕") for words in WORDS] == [1, 1, 1], said
            assert said.count("〔/hello〕") == 1, said
            assert "故障" not in said
    wechat.stop()
    tokens = wechat.book.tokens_issued
    assert tokens <= 4, f"{tokens} tokens were fetched for two rotations"
