"""The recogniser: PP-OCRv6 small through PaddleOCR on onnxruntime, and the orientation classifier.

Nothing is fetched at run time: the model directories are made by ``deploy/weights.py``.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from settlement.errors import OperatorError
from settlement.ocr.glyphs import compared
from settlement.ocr.lines import Line, Text, to_lines

Bgr = NDArray[np.uint8]  # height × width × 3, blue first, as OpenCV keeps pictures

DETECTION = "PP-OCRv6_small_det"
RECOGNITION = "PP-OCRv6_small_rec"
ORIENTATION = "PP-LCNet_x1_0_doc_ori"
THREADS = 1  # two processes of one thread read 1.5 times as much as one process of two


def turned(image: Bgr, degrees: int) -> Bgr:
    """``image`` turned clockwise by 0, 90, 180 or 270 degrees."""
    return np.ascontiguousarray(np.rot90(image, -degrees // 90))


def shrunk(image: Bgr, side: int) -> Bgr:
    """``image`` with its long side at most ``side`` px."""
    import cv2

    height, width = image.shape[:2]
    scale = side / max(height, width)
    if scale >= 1:
        return image
    size = (round(width * scale), round(height * scale))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


RIVALS = 8  # other characters kept of each one
NEXT_TO_NOTHING = 1e-7  # probability below which a rival is not worth keeping


class EachCharacter:
    """Decodes what the recogniser answers (CTC), keeping the probability and place of every character.

    PaddleX's own decoder gives their mean, in which one doubtful digit among nineteen is lost.
    """

    def __init__(self, characters: Sequence[str]) -> None:
        self._characters = characters

    def __call__(self, answer: Sequence[NDArray[np.float32]], **_: object) -> tuple[list[str], list[Text]]:
        read = [self._decoded(columns) for columns in answer[0]]
        return [text.text for text in read], read

    def _decoded(self, columns: NDArray[np.float32]) -> Text:
        best = columns.argmax(axis=-1)
        kept = np.flatnonzero((best != 0) & (best != np.concatenate(([-1], best[:-1]))))
        odds = tuple(float(columns[at, best[at]]) for at in kept)
        return Text(
            "".join(self._characters[best[at]] for at in kept),
            odds,
            tuple((float(at) + 0.5) / len(columns) for at in kept),
            tuple(self._rivals(columns[at]) for at in kept),
        )

    def _rivals(self, column: NDArray[np.float32]) -> str:
        """What else a character may be, the likeliest first; fewer of one that is sure."""
        likely = np.flatnonzero(column > NEXT_TO_NOTHING)  # sorting all 18,709 would take a third of a second
        ranked = likely[np.argsort(-column[likely])][: RIVALS + 2]
        return "".join(self._characters[one] for one in ranked[ranked != 0][1:])


def _session(model: Path, threads: int) -> Any:
    """An onnxruntime session that takes subnormal numbers for zero.

    The detector has 256,000 weights smaller than 1.2e-38, with which processors calculate a hundred times
    more slowly: 54 ms instead of 185 for a card, and the same answer to the last bit. PaddleX has no option
    for it.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.add_session_config_entry("session.set_denormal_as_zero", "1")
    path = str(model / "inference.onnx")
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


class Engine:
    """Loads the models once (about 3 s, 0.5 GB); not to be shared between threads."""

    def __init__(self, models: Path, threads: int = THREADS) -> None:
        """Raises OperatorError when a model file is missing."""
        for name in (DETECTION, RECOGNITION, ORIENTATION):
            if not (models / name / "inference.onnx").is_file():
                raise OperatorError(
                    f"OCR model {name} is not in {models}; python deploy/weights.py fetches it"
                )
        # PaddleX reads these at import: no look-up of model hubs, cache and logs within our own directory.
        os.environ["PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK"] = "True"
        os.environ["PADDLE_PDX_CACHE_HOME"] = str(models / ".cache")
        os.environ["ORT_DISABLE_TELEMETRY"] = "1"
        from paddleocr import TextDetection, TextRecognition
        from paddlex.inference.pipelines.components import CropByPolys

        logging.getLogger("paddlex").setLevel(logging.WARNING)  # "Creating model …", in colours

        # Before any other session: the first one decides how this thread treats numbers next to nothing.
        self._orientation: Any = _session(models / ORIENTATION, threads)
        common: dict[str, Any] = {
            "device": "cpu",
            "engine": "onnxruntime",
            "engine_config": {"intra_op_num_threads": threads, "inter_op_num_threads": 1},
        }
        self._detection: Any = TextDetection(
            model_name=DETECTION, model_dir=str(models / DETECTION), limit_type="max", **common
        )
        self._recognition: Any = TextRecognition(
            model_name=RECOGNITION, model_dir=str(models / RECOGNITION), **common
        )
        for name, model in ((DETECTION, self._detection), (RECOGNITION, self._recognition)):
            model.paddlex_predictor.runner.session = _session(models / name, threads)
        # By default short lines are padded to 320 px: half of what the recogniser looks at would be empty.
        recognition = self._recognition.paddlex_predictor
        recognition.pre_tfs["ReisizeNorm"].rec_image_shape = [3, 48, 32]
        recognition.post_op = EachCharacter(recognition.post_op.character)
        self._crop: Any = CropByPolys(det_box_type="quad")

    def lines(self, image: Bgr, side: int, unfiltered: Bgr | None = None) -> list[Line]:
        """The text in an upright picture.

        Looks for lines in a copy with ``side`` px on its long side (2600 px would need 2 GB), and reads them
        from ``image`` itself. Doubtful letters are compared with their pictures, in ``unfiltered`` when
        ``image`` is a filtered copy of it.
        """
        boxes = self.boxes(image, side)
        crops = self.crops(image, boxes)
        seen = crops if unfiltered is None else self.crops(unfiltered, boxes)
        return to_lines(boxes, map(compared, seen, self.read(crops)))

    def boxes(self, image: Bgr, side: int) -> list[NDArray[np.int16]]:
        """The corners of each line found, 4 × 2, in pixels of ``image``."""
        return list(self._detection.predict(image, limit_side_len=side)[0]["dt_polys"])

    def crops(self, image: Bgr, boxes: Sequence[NDArray[np.int16]]) -> list[Bgr]:
        """The picture of each line, laid level."""
        return list(self._crop(image, np.asarray(boxes))) if len(boxes) else []

    def read(self, crops: Sequence[Bgr]) -> list[Text]:
        """The text of each picture of one line. One at a time: a batch is padded to its widest line."""
        if not crops:
            return []
        answers = self._recognition.predict(list(crops), batch_size=1)
        return [answer["rec_score"] for answer in answers]

    def upright(self, image: Bgr) -> Bgr:
        """``image`` turned so that its text stands upright, as far as the classifier can tell."""
        import cv2

        height, width = image.shape[:2]
        scale = 256 / min(height, width)
        small = cv2.resize(image, (round(width * scale), round(height * scale)))
        top, left = (small.shape[0] - 224) // 2, (small.shape[1] - 224) // 2
        pixels = small[top : top + 224, left : left + 224].astype(np.float32) / 255
        mean, deviation = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
        pixels = ((pixels - mean) / deviation).astype(np.float32)
        scores = self._orientation.run(None, {"x": pixels.transpose(2, 0, 1)[None]})[0][0]
        # Class k: the page lies turned counter-clockwise by k·90° (as measured on specimens).
        return turned(image, int(np.argmax(scores)) * 90)
