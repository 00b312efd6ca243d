"""What the tokeniser takes for a personal number, and what it leaves to the dialogue."""

from __future__ import annotations

import pytest

from settlement.security.numbers import find
from settlement.security.tokens import Kind

ID, ID_2 = "11010519491231002X", "440524188001010014"
CARD, PHONE, CODE = "6222020000000000000", "13800138000", "482913"


def _found(text: str, *, code_awaited: bool = False) -> list[tuple[Kind, str]]:
    return [(span.kind, span.value) for span in find(text, code_awaited=code_awaited)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("我的身份证号码是440524188001010014", ID_2),
        ("11010519491231002x", ID),
        ("证件号 110105 19491231 002X", ID),
        ("110105-1949-12-31-002 x", ID),
        ("1101.0519.4912.3100.2X", ID),
        ("１１０１０５１９４９１２３１００２Ｘ", ID),
        ("11010519491231002叉", ID),
        ("11010519491231002 大写的X", ID),
        ("11010519491231002×", ID),
        ("11010519491231002艾克斯", ID),
        ("身份证号11010519491231002后面是个X", ID),
        ("一一零一零五一九四九一二三一零零二叉", ID),
        ("一一零一零五一九四九一二三一零零 二叉", ID),
        ("幺幺〇幺〇五幺九四九幺二三幺〇〇二叉", ID),
        ("前面是110105 后面是19491231002X", ID),
        ("110105，然后19491231，最后002X", ID),
        ("110105\n19491231\n002X", ID),
        ("1101051949123100 2，X", ID),
        ("身份证110105194912310021", "110105194912310021"),
        ("老身份证15位的110105491231002行不", "110105491231002"),
        ("110105 491231 002", "110105491231002"),
        ("身份证号是1101051949123100", "1101051949123100"),
    ],
)
def test_id_numbers_are_found_however_they_are_written(text: str, value: str) -> None:
    assert _found(text) == [(Kind.ID_NUMBER, value)]


@pytest.mark.parametrize(
    "text",
    [
        CARD,
        "6222 0200 0000 0000 000",
        "6222-0200-0000-0000-000",
        "622202,0000000000000",
        "6 2 2 2 0 2 0 0 0 0 0 0 0 0 0 0 0 0 0",
        CARD.translate({48 + value: 0xFF10 + value for value in range(10)}),
        "⑥②②②⓪②⓪⓪⓪⓪⓪⓪⓪⓪⓪⓪⓪⓪⓪",
        "6️⃣2️⃣2️⃣2️⃣0️⃣2️⃣0️⃣0️⃣0️⃣0️⃣0️⃣0️⃣0️⃣0️⃣0️⃣0️⃣0️⃣0️⃣0️⃣",
        "6222O2OOOOOOOOOOOOO",
        "6222\u200b0200\u200b0000\u200b0000\u200b000",
        "6222*0200*0000*0000*000",
        "6222x0200x0000x0000x000",
        "卡号前四位6222，然后020000000000000",
        "卡号6222 0200 嗯 后面是0000 0000 000",
        "六二二二零二零零零零零零零零零零零零零",
        "六二二二 0200 零零零零 0000 000",
        "6222020三个零000000000",
    ],
)
def test_card_numbers_are_found_however_they_are_written(text: str) -> None:
    assert _found(text) == [(Kind.CARD_NUMBER, CARD)]


@pytest.mark.parametrize(
    "text",
    [
        PHONE,
        "138 0013 8000",
        "138-0013-8000",
        "+86 13800138000",
        "(+86)138 0013 8000",
        "0086-138-0013-8000",
        "8613800138000",
        "１３８００１３８０００",
        "幺三八零零幺三八零零零",
        "幺三八 洞洞幺三 八零零零",
        "幺嗯三嗯八零零幺三八零零零",
        "一三八，然后零零一三，再八零零零",
        "帮我看一下138 0013 8000",
        "138 0013 8000，一会儿打",
    ],
)
def test_phones_are_found_however_they_are_written(text: str) -> None:
    assert _found(text) == [(Kind.PHONE, PHONE)]


@pytest.mark.parametrize(
    "text",
    [
        CODE, "收到了，482913", "４８２９１３", "482 913", "48-29-13", "4 8 2 9 1 3", "四八二九一三",
        "四八二，九一三", "验证码一：482913", "公司0127 验证码482913", "482，然后913", "482913 0127",
        "2025-11-22收到的482913",
    ],
)  # fmt: skip
def test_a_code_is_found_only_when_one_is_awaited(text: str) -> None:
    assert _found(text, code_awaited=True) == [(Kind.CODE, CODE)]
    assert _found(text) == []


@pytest.mark.parametrize(
    "text", ["转100000元", "500000手", "0127", "48291", "4829130", "2025-1-1", "10:30:00"]
)
def test_other_numbers_are_no_code_even_when_one_is_awaited(text: str) -> None:
    assert _found(text, code_awaited=True) == []


@pytest.mark.parametrize(
    "text",
    [
        "0127", "我们公司的代码0127，对吧", "零幺二七", "期货公司编号是０１２７",
        "2025-11-22", "2025/11/22", "2025.1.2", "20251122", "2025年11月22日 10:30，公司0127",
        "二〇二五年十一月二十二日",
        "2025-11-22 10:30:00", "2025-11-22T10:30:00.123456", "0127 2025-11-22 10:30",
        "9:00–15:30、21:00–2:30", "入8:35–16:00、20:30–2:30，出9:05–16:00",
        "9:00-11:30 13:30-15:00", "8：30～17：00", "2025.11.22-2025.12.01 9:00~17:00",
        "2025-11-22至2025-12-01",
        "400-820-8820", "400 820 8820", "4008208820", "800-820-8820", "0127，4008208820，20251122",
        "95588 400-820-8820", "6200，2000-01-01 00:00", "客服400-820-8820还是95588，12386也行",
        "50000元", "100,000.00", "¥1,234,567.89", "12,345,678,901.00元", "转5万，手续费100，余额30000.55",
        "10万3千",
        "我有3张卡，尾号1234、5678", "第一步第二步怎么做", "一二三四五六七八九十", "三个月 一年 2年",
        "6222****1234", "138****8000", "110***********002X", "JS-KMTR-WQZP", "资金账号880127001",
        "Android 4.0 和 iOS 7.1", "3x5", "", "没有数字", "X", "。", "①先登录②再上传③最后签署",
    ],
)  # fmt: skip
def test_codes_of_companies_dates_times_hotlines_and_amounts_survive(text: str) -> None:
    assert _found(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"{ID} {CARD}", [(Kind.ID_NUMBER, ID), (Kind.CARD_NUMBER, CARD)]),
        (f"证件{ID_2}，卡{CARD}", [(Kind.ID_NUMBER, ID_2), (Kind.CARD_NUMBER, CARD)]),
        (f"卡{CARD}，电话{PHONE}", [(Kind.CARD_NUMBER, CARD), (Kind.PHONE, PHONE)]),
        (f"{PHONE} 13900139000", [(Kind.PHONE, PHONE), (Kind.PHONE, "13900139000")]),
        (f"0127 {PHONE} 2025-11-22", [(Kind.PHONE, PHONE)]),
        (f"{ID_2[:6]} {ID_2[6:]} 138 0013 8000", [(Kind.ID_NUMBER, ID_2), (Kind.PHONE, PHONE)]),
    ],
)  # fmt: skip
def test_neighbours_are_told_apart(text: str, found: list[tuple[Kind, str]]) -> None:
    assert _found(text) == found


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("12345678901", Kind.PHONE),
        ("22345678901", Kind.CARD_NUMBER),
        ("手机22345678901", Kind.PHONE),
        ("证件号 110105 19491331 0021", Kind.ID_NUMBER),
        ("银行卡123456789012", Kind.CARD_NUMBER),
        ("9" * 40, Kind.CARD_NUMBER),
        ("021-12345678", Kind.CARD_NUMBER),
        ("一二三四五六七八九零一", Kind.PHONE),
        ("123456 123456", Kind.CARD_NUMBER),
        ("0000000000 4000000000 0", Kind.CARD_NUMBER),
        ("1234 20250101 5678 901", Kind.CARD_NUMBER),
        ("7777 4008208820", Kind.CARD_NUMBER),
        ("1。4008208820", Kind.PHONE),
    ],
)
def test_eleven_digits_without_a_form_are_taken_too(text: str, kind: Kind) -> None:
    ((found, _),) = _found(text)
    assert found is kind


def test_ten_digits_without_a_form_are_left() -> None:
    assert _found("1234567890") == []


def test_a_long_message_of_digits_is_read_in_no_time() -> None:
    assert find("1 " * 500, code_awaited=True)
    assert find("1x" * 500)
