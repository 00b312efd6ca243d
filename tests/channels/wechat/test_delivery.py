"""What is said late, often, or while the platform refuses: it arrives, once, and within the quotas."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from functools import partial

import pytest
from redis.asyncio import Redis

from settlement.conversation.inbox import Inbox
from settlement.security.captcha import Captchas
from settlement.security.keys import Keyring
from tests.channels.wire import Answers, Asked, WireRasa, repeat, says
from tests.support.wechat.phone import Phone, WeChat

SLOW_SECONDS = 5.5


def slowly(answer: Callable[[Asked], Answers]) -> Callable[[Asked], Answers]:
    def wait(asked: Asked) -> Answers:
        time.sleep(SLOW_SECONDS)
        return answer(asked)

    return wait


def conversation_of(rasa: WireRasa) -> str:
    return rasa.asked[-1].sender


def test_a_slow_answer_comes_by_itself_with_its_options_to_tap(phone: Phone, rasa: WireRasa) -> None:
    rasa.answer = slowly(lambda asked: says("选哪个？", buttons={"甲": '/choose{"choice": "a"}', "乙": "/b"}))
    before = phone.wechat.attempts
    heard = phone.say("慢慢来")
    assert heard == "选哪个？\n1. 甲\n2. 乙\n（回复序号即可）"
    assert [one.how for one in phone.chat[1:]] == ["custom"]
    assert phone.wechat.attempts == before + 1
    assert phone.wechat.book.follower(phone.openid).typing == 1
    rasa.answer = repeat
    assert phone.tap("甲") == 'you said: /choose{"choice": "a"}'


def test_an_account_that_may_not_send_menus_sends_the_options_as_words(phone: Phone, rasa: WireRasa) -> None:
    rasa.answer = slowly(lambda asked: says("选哪个？", buttons={"甲": '/choose{"choice": "a"}', "乙": "/b"}))
    phone.wechat.book.fault("/cgi-bin/message/custom/send", 40200)
    assert phone.say("慢慢来") == "选哪个？\n\n1. 甲\n2. 乙\n（回复序号即可）"
    assert [one.kind for one in phone.chat[1:]] == ["text"]
    rasa.answer = repeat
    assert phone.say("1") == 'you said: /choose{"choice": "a"}'


def test_a_delivery_that_comes_twice_at_once_has_one_answer(phone: Phone, rasa: WireRasa) -> None:
    phone.wechat.twice = True
    rasa.answer = slowly(repeat)
    phone.say("二")
    rasa.answer = repeat
    assert phone.say("三") == "you said: 三"
    assert [one.text for one in phone.chat[1:]] == ["you said: 二", "you said: 三"]
    assert [asked.message for asked in rasa.asked].count("二") == 1


async def result(redis: Redis, conversation: str) -> None:
    """As the console's dispatcher puts a result on its way."""
    event = {"type": "event", "name": "case_result", "case": "C1", "cid": f"C1:{time.time()}:approved:inbox"}
    await Inbox(redis).append(conversation, event)


async def test_a_result_hours_later_reaches_the_chat(phone: Phone, rasa: WireRasa, redis: Redis) -> None:
    await asyncio.to_thread(phone.say, "hello")
    rasa.answer = lambda asked: says("您的业务有新的结果")
    await result(redis, conversation_of(rasa))
    await asyncio.to_thread(phone.wait_for, "您的业务有新的结果")
    assert phone.chat[-1].how == "custom"


@pytest.mark.parametrize("code", [45015, 45047])
async def test_a_result_that_may_not_be_sent_is_told_by_template_and_kept(
    phone: Phone, rasa: WireRasa, redis: Redis, code: int
) -> None:
    await asyncio.to_thread(phone.say, "hello")
    phone.wechat.book.fault("/cgi-bin/message/custom/send", code)
    rasa.answer = lambda asked: says("受理单 C1 没有通过")
    await result(redis, conversation_of(rasa))
    await asyncio.to_thread(phone.wait_for, "有新的结果")
    assert phone.chat[-1].how == "template"
    assert "C1" not in phone.chat[-1].text
    assert phone.chat[-1].link.endswith("/wechat/enter")
    rasa.answer = repeat
    heard = await asyncio.to_thread(phone.say, "继续")
    assert heard == "受理单 C1 没有通过\n\nyou said: 继续"
    assert [one.how for one in phone.chat].count("template") == 1


def tells(number: int, asked: Asked) -> Answers:
    return says(f"结果 {number}")


async def test_five_messages_of_our_own_and_no_sixth_is_tried(
    phone: Phone, rasa: WireRasa, redis: Redis
) -> None:
    await asyncio.to_thread(phone.say, "hello")
    conversation = conversation_of(rasa)
    # The three of the subscription close first, then the five that words opened.
    for number in range(8):
        rasa.answer = partial(tells, number)
        await result(redis, conversation)
        await asyncio.to_thread(phone.wait_for, f"结果 {number}")
    rasa.answer = lambda asked: says("结果 8")
    phone.wechat.book.calls.clear()
    await result(redis, conversation)
    await asyncio.to_thread(phone.wait_for, "有新的结果")
    assert "/cgi-bin/message/custom/send" not in [path for path, _ in phone.wechat.book.calls]
    rasa.answer = repeat
    assert "结果 8" in await asyncio.to_thread(phone.say, "来了")


async def test_a_platform_that_breaks_off_is_asked_again(phone: Phone, rasa: WireRasa, redis: Redis) -> None:
    await asyncio.to_thread(phone.say, "hello")
    phone.wechat.book.fault("/cgi-bin/message/custom/send", 0, times=2)
    phone.wechat.book.fault("/cgi-bin/message/custom/send", -1)
    rasa.answer = lambda asked: says("终于到了")
    await result(redis, conversation_of(rasa))
    await asyncio.to_thread(phone.wait_for, "终于到了", 40)
    assert sum("终于到了" in one.text for one in phone.chat) == 1


async def test_a_token_that_became_void_is_renewed_once_for_all(
    wechat: WeChat, new_phone: Callable[[], Phone], rasa: WireRasa, redis: Redis
) -> None:
    phones = [new_phone() for _ in range(8)]
    conversations = []
    for phone in phones:
        await asyncio.to_thread(phone.say, "hello")
        conversations.append(conversation_of(rasa))
    wechat.book.rotate_tokens()
    issued = wechat.book.tokens_issued
    rasa.answer = lambda asked: says("有结果了")
    await asyncio.gather(*(result(redis, conversation) for conversation in conversations))
    for phone in phones:
        await asyncio.to_thread(phone.wait_for, "有结果了")
    assert wechat.book.tokens_issued == issued + 1


async def test_the_captcha_comes_as_a_picture(
    phone: Phone, rasa: WireRasa, redis: Redis, keyring: Keyring
) -> None:
    phone.say("hello")
    conversation = conversation_of(rasa)
    captcha = await Captchas(redis).new(conversation)
    rasa.answer = lambda asked: says("请看图", card={"card": "captcha", "captcha": captcha})
    assert await asyncio.to_thread(phone.say, "验证") == "请看图"
    picture = await asyncio.to_thread(phone.picture)
    assert picture == await Captchas(redis).image(conversation, captcha)


async def test_a_long_answer_comes_whole_in_pieces(phone: Phone, rasa: WireRasa) -> None:
    words = "\n\n".join(f"第 {number} 段：" + "字" * 200 for number in range(8))
    rasa.answer = lambda asked: says(words, buttons={"好": "/x"})
    await asyncio.to_thread(phone.say, "全部")
    await asyncio.to_thread(phone.wait, lambda: any("请回复“1”" in one.text for one in phone.chat))
    heard = "\n\n".join(one.text for one in phone.chat[1:])
    assert heard.replace("\n", "") == (words + "1. 好（要选这一项，请回复“1”）").replace("\n", "")
    assert phone.say("1") != ""
    assert rasa.asked[-1].message == "/x"


def test_nobody_hears_another_followers_answers(new_phone: Callable[[], Phone], rasa: WireRasa) -> None:
    one, other = new_phone(), new_phone()
    one.say("我是一")
    other.say("我是二")
    assert not any("一" in heard.text.removeprefix("you said: /hello") for heard in other.chat)
