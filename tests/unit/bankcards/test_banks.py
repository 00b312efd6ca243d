"""Banks by the names that people use."""

from __future__ import annotations

import pytest

from settlement.bankcards.banks import all_banks, bank_of, find_bank


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("工商银行", "ICBC"), ("中国工商银行", "ICBC"), ("工行", "ICBC"),
        ("icbc", "ICBC"), ("ＩＣＢＣ", "ICBC"),
        ("中国 建设 银行", "CCB"), ("建行", "CCB"), ("中国建设银行股份有限公司", "CCB"),
        ("中国银行", "BOC"), ("中行", "BOC"),
        ("招行", "CMB"), ("浦发", "SPDB"), ("上海浦东发展银行", "SPDB"),
        ("邮储", "PSBC"), ("中国邮政储蓄银行", "PSBC"), ("平安银行", "SPABANK"), ("广发", "GDB"),
        ("我要用建设银行的卡", "CCB"), ("招行卡得唔得", "CMB"), ("你们这儿认光大不", "CEB"),
        ("交通银行北京西单支行", "COMM"), ("广州农村商业银行", "GZRCU"), ("上海银行", "SHBANK"),
        ("上海农商银行", "SHRCB"), ("北京银行", "BJBANK"),
        ("中国农业银行 AGRICULTURAL BANK OF CHINA", "ABC"),
    ],
)  # fmt: skip
def test_a_bank_is_found_by_any_of_its_names(text: str, code: str) -> None:
    bank = find_bank(text)
    assert bank is not None
    assert bank.code == code


@pytest.mark.parametrize("text", ["", "银行", "我的卡", "工行还是建行", "abcdef", "股份有限公司"])
def test_no_bank_or_several_are_none(text: str) -> None:
    assert find_bank(text) is None


def test_no_name_stands_for_two_banks() -> None:
    names = [name for bank in all_banks() for name in {bank.name, *bank.aliases}]
    assert len(names) == len(set(names))


def test_codes_are_unique_and_lead_to_their_bank() -> None:
    codes = [bank.code for bank in all_banks()]
    assert len(codes) == len(set(codes))
    assert all(bank_of(code) is not None for code in codes)
    assert bank_of("XXXX") is None
