"""What reads a photo in the benchmark: the assistant itself, plain PaddleOCR, RapidOCR; the same weights."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any

import cv2

from deploy.environments import ROOT
from settlement.ocr.engine import DETECTION, RECOGNITION, Bgr, Engine
from settlement.ocr.lines import Line, Text, to_lines
from settlement.ocr.pipeline import parse, read_photo
from settlement.ocr.reading import Reading
from settlement.settings import settings

Read = Callable[[Bgr], Reading]
BESIDE = ROOT / ".local" / "benchmarks"  # see requirements.in


def assistant(threads: int) -> Read:
    """The whole way that an upload goes."""
    engine = Engine(settings().ocr_models_dir, threads)
    return lambda photo: read_photo(engine, photo)


def paddleocr(threads: int) -> Read:
    """PaddleOCR with its defaults on the full photo; only the steps that fetch further models are off."""
    models = settings().ocr_models_dir
    os.environ["PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK"] = "True"
    os.environ["PADDLE_PDX_CACHE_HOME"] = str(models / ".cache")
    from paddleocr import PaddleOCR

    engine: Any = PaddleOCR(
        device="cpu",
        engine="onnxruntime",
        engine_config={"intra_op_num_threads": threads, "inter_op_num_threads": 1},
        text_detection_model_name=DETECTION,
        text_detection_model_dir=str(models / DETECTION),
        text_recognition_model_name=RECOGNITION,
        text_recognition_model_dir=str(models / RECOGNITION),
        use_doc_orientation_classify=False,
        use_doc_unwarping=False,
        use_textline_orientation=False,
    )

    def read(photo: Bgr) -> Reading:
        answer = engine.predict(photo)[0]
        return parse(_lines(answer["rec_polys"], answer["rec_texts"], answer["rec_scores"]))

    return read


def rapidocr(threads: int) -> Read:
    """RapidOCR with its defaults on the full photo."""
    sys.path.append(str(BESIDE))
    from rapidocr import RapidOCR

    models = settings().ocr_models_dir
    engine: Any = RapidOCR(
        params={
            "EngineConfig.onnxruntime.intra_op_num_threads": threads,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            "Det.model_path": str(models / DETECTION / "inference.onnx"),
            "Rec.model_path": str(models / RECOGNITION / "inference.onnx"),
            "Global.log_level": "error",
        }
    )

    def read(photo: Bgr) -> Reading:
        answer = engine(photo)
        return parse([] if answer.boxes is None else _lines(answer.boxes, answer.txts, answer.scores))

    return read


def _lines(polygons: Any, texts: Any, scores: Any) -> list[Line]:
    read = [Text(text, (float(score),) * len(text)) for text, score in zip(texts, scores, strict=True)]
    return to_lines(polygons, read)


ENGINES = {"assistant": assistant, "paddleocr": paddleocr, "rapidocr": rapidocr}


def ready(name: str, threads: int) -> Read:
    """An engine that has read nothing yet, and OpenCV kept to as many threads."""
    cv2.setNumThreads(threads)
    return ENGINES[name](threads)
