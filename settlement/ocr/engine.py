"""The recogniser: PP-OCRv6 small through PaddleOCR on onnxruntime, and the orientation classifier.

Nothing is fetched at run time: the model directories are made by ``deploy/weights.py``.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from settlement.errors import OperatorError
from settlement.ocr.lines import Line, to_lines

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


class Engine:
    """Loads the models once (about 2 s, 0.5 GB); not to be shared between threads."""

    def __init__(self, models: Path) -> None:
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
        import onnxruntime
        from paddleocr import PaddleOCR

        logging.getLogger("paddlex").setLevel(logging.WARNING)  # "Creating model …", in colours

        self._ocr: Any = PaddleOCR(
            device="cpu",
            engine="onnxruntime",
            engine_config={"intra_op_num_threads": THREADS, "inter_op_num_threads": 1},
            text_detection_model_name=DETECTION,
            text_detection_model_dir=str(models / DETECTION),
            text_recognition_model_name=RECOGNITION,
            text_recognition_model_dir=str(models / RECOGNITION),
            use_doc_orientation_classify=False,
            use_doc_unwarping=False,
            use_textline_orientation=False,
        )
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = THREADS
        self._orientation: Any = onnxruntime.InferenceSession(
            str(models / ORIENTATION / "inference.onnx"), options, providers=["CPUExecutionProvider"]
        )

    def lines(self, image: Bgr) -> list[Line]:
        """The text in an upright picture. Shrink first: 2600 px would need 2 GB."""
        answer = self._ocr.predict(image)[0]
        return to_lines(answer["rec_polys"], answer["rec_texts"], answer["rec_scores"])

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
