"""Invented people and cards: valid in form, nobody's."""

from __future__ import annotations

import csv
import random
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from settlement.bankcards.bins import BINS_FILE, look_up
from settlement.bankcards.numbers import luhn
from settlement.identity.id_number import checksum
from settlement.ocr.divisions import names_by_code

WORDS: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("words.yml").read_text(encoding="utf-8"))


def person(chance: random.Random) -> dict[str, str]:
    """What an identity card's front says, under the reader's names of fields."""
    code, place, _ = _place(chance)
    birth = date(1955, 1, 1) + timedelta(days=chance.randrange(365 * 50))
    sex = chance.choice("男女")
    order = f"{chance.randrange(0, 99):02}{chance.randrange(5) * 2 + (sex == '男')}"
    first = code + birth.strftime("%Y%m%d") + order
    nation = chance.choice(WORDS["nations"])
    name = _name(chance)
    if chance.random() < 0.15:
        nation = chance.choice(list(WORDS["minority"]))
        name = chance.choice(WORDS["minority"][nation])
    numbers = [
        chance.randrange(1, 999), chance.randrange(1, 30), chance.randrange(101, 2900), chance.randrange(1, 9)
    ]  # fmt: skip
    return {
        "name": name,
        "sex": sex,
        "nation": nation,
        "birth": birth.isoformat(),
        "address": place + chance.choice(WORDS["streets"]) + chance.choice(WORDS["units"]).format(*numbers),
        "id_number": first + checksum(first),
    }


def _place(chance: random.Random) -> tuple[str, str, str]:
    """A county's six digits, its address and its police: one of those picked, or any of the country's."""
    if chance.random() < 0.5:
        code, address, police = chance.choice(WORDS["places"])
        return code, address, police
    names = {code: told[-1] for code, told in names_by_code().items()}
    code = chance.choice([code for code in names if not code.endswith("00")])
    province, city, county = names[code[:2] + "0000"], names.get(code[:4] + "00", ""), names[code]
    above = city or (province if province.endswith("市") else "")
    police = f"{county}公安局"
    if county.endswith("区") and above:
        police = f"{above}公安局{county[:-1] if len(county) > 2 else county}分局"
    return code, province + city + county, police


def _name(chance: random.Random) -> str:
    surname: str = chance.choice(WORDS["surnames"])
    if chance.random() < 0.05:
        surname = chance.choice(WORDS["double_surnames"])
    given = [chance.choice(WORDS["given"]) for _ in range(chance.choice((1, 2, 2, 2)))]
    if chance.random() < 0.2:
        given[-1] = chance.choice(WORDS["rare"])
    return surname + "".join(given)


def issue(chance: random.Random) -> dict[str, str]:
    """What an identity card's back says."""
    start = date(2008, 1, 1) + timedelta(days=chance.randrange(365 * 17))
    years = chance.choice((5, 10, 20, 20, 0))
    end = "长期"
    if years:
        day = min(start.day, 28) if start.month == 2 else start.day
        end = date(start.year + years, start.month, day).isoformat()
    _, _, police = _place(chance)
    return {"authority": police, "valid_from": start.isoformat(), "valid_until": end}


@cache
def _ranges(card_type: str) -> dict[str, list[tuple[str, int]]]:
    found: dict[str, list[tuple[str, int]]] = {}
    with BINS_FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(line for line in file if not line.startswith("#")):
            if row["bank_code"] in WORDS["banks"] and row["card_type"] == card_type and row["length"]:
                found.setdefault(row["bank_code"], []).append((row["prefix"], int(row["length"])))
    return found


def bank_card(chance: random.Random, card_type: str = "debit") -> dict[str, str]:
    """What a bank card says; its range is one that the table knows without doubt."""
    while True:
        code = chance.choice(sorted(_ranges(card_type)))
        prefix, length = chance.choice(_ranges(card_type)[code])
        first = prefix + "".join(str(chance.randrange(10)) for _ in range(length - 1 - len(prefix)))
        number = next(first + digit for digit in "0123456789" if luhn(first + digit))
        known = look_up(number)
        if length in range(16, 20) and known and known.bank_code == code and known.card_type == card_type:
            break
    truth = {"card_number": number, "bank_code": code, "card_type": card_type}
    if chance.random() < 0.6:
        truth["expiry"] = f"{chance.randrange(1, 13):02}/{chance.randrange(27, 39)}"
    return truth
