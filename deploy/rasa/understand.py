"""Asks a trained model what sentences mean: ``… deploy/rasa/understand.py MODEL < sentences > meanings``.

Runs in Rasa's own environment. Reads a JSON list of sentences; writes one JSON list, a meaning for each:
``{"intent", "confidence", "second", "second_confidence", "answer", "answer_confidence"}``; ``answer`` is
``faq/<id>`` when the intent is a question, else empty. Opens only archives that our manifest vouches for.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

import launcher
from rasa.core.agent import Agent


def meaning(parsed: dict[str, Any]) -> dict[str, Any]:
    """What matters of Rasa's answer for one sentence."""
    intent = parsed.get("intent") or {}
    name = intent.get("name") or ""
    # Below the threshold Rasa puts nlu_fallback first; what it would have been is next.
    others = [one for one in parsed.get("intent_ranking") or [] if one.get("name") != name]
    second = others[0] if others else {}
    chosen: dict[str, Any] = {}
    selector = parsed.get("response_selector") or {}
    if name in (selector.get("all_retrieval_intents") or []):
        chosen = (selector.get(name) or selector.get("default") or {}).get("response") or {}
    return {
        "intent": name,
        "confidence": round(float(intent.get("confidence") or 0), 4),
        "second": second.get("name") or "",
        "second_confidence": round(float(second.get("confidence") or 0), 4),
        "answer": chosen.get("intent_response_key") or "",
        "answer_confidence": round(float(chosen.get("confidence") or 0), 4),
    }


async def understand(model: Path, sentences: list[str]) -> list[dict[str, Any]]:
    """The meaning of each sentence."""
    agent = Agent.load(model)
    return [meaning(await agent.parse_message(sentence)) for sentence in sentences]


def main() -> None:
    """Read, ask, write."""
    launcher.load_own_models_only()
    sentences = json.load(sys.stdin)
    # Rasa and TensorFlow write to the standard output as they like.
    out, sys.stdout = sys.stdout, sys.stderr
    json.dump(asyncio.run(understand(Path(sys.argv[1]), sentences)), out, ensure_ascii=False)


if __name__ == "__main__":
    main()
