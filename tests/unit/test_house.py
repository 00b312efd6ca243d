"""The house rules, checked: imports point one way, wording is not in Python, every code has its sentence."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.environments import ROOT

PACKAGES = ("settlement", "actions", "channels", "console", "deploy", "trainers")
DOMAIN: dict[str, Any] = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
RESPONSES: dict[str, list[dict[str, Any]]] = DOMAIN["responses"]


def sources(*packages: str) -> list[Path]:
    return [path for package in packages for path in sorted((ROOT / package).rglob("*.py"))]


def imported(path: Path) -> set[str]:
    """Top-level packages that a file imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize(
    ("package", "forbidden"),
    [
        ("settlement", {"actions", "channels", "console", "deploy", "rasa", "rasa_sdk", "sanic"}),
        ("actions", {"channels", "console", "deploy", "rasa"}),
        ("channels", {"actions", "console", "deploy", "rasa", "rasa_sdk"}),
        ("console", {"actions", "channels", "deploy", "rasa", "rasa_sdk"}),
        ("trainers", {"actions", "channels", "console", "rasa", "rasa_sdk", "sanic"}),
    ],
)
def test_imports_point_one_way(package: str, forbidden: set[str]) -> None:
    wrong = {path.name: imported(path) & forbidden for path in sources(package)}
    assert {name: names for name, names in wrong.items() if names} == {}


def test_no_sentence_for_customers_stands_in_python() -> None:
    # Names of digits, banks' forms of company and the like are patterns to read by, not sentences to say.
    sentence = re.compile(r"[\u4e00-\u9fff]{2,}[，。！？；：]|[，。！？；：][\u4e00-\u9fff]{2,}")
    wrong = []
    for path in sources("settlement", "actions", "channels", "console", "trainers"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        documentation = {
            id(node.body[0].value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
            and node.body
            and isinstance(node.body[0], ast.Expr)
        }
        wrong += [
            f"{path.relative_to(ROOT)}:{node.lineno} {node.value[:20]}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in documentation
            and sentence.search(node.value)
        ]
    assert wrong == []


def raised_codes() -> dict[str, str]:
    """Every literal code of a ``CustomerError`` and where it is raised."""
    found: dict[str, str] = {}
    for path in sources("settlement", "actions", "channels"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == "CustomerError"
                and node.args
                and isinstance(node.args[0], ast.Constant)
            ):
                code = node.args[0].value
                assert isinstance(code, str)
                found[code] = f"{path.relative_to(ROOT)}:{node.lineno}"
    return found


def test_every_error_has_its_sentence_in_the_domain() -> None:
    assert {code: at for code, at in raised_codes().items() if f"error_{code}" not in RESPONSES} == {}


def test_every_refusal_of_a_card_has_its_sentence_in_the_domain() -> None:
    source = (ROOT / "settlement/bankcards/verdict.py").read_text(encoding="utf-8")
    codes = set(
        re.findall(r'"(card_(?:is|bank|number|not|already|one|too|duplicate|branch)[a-z_]*)"', source)
    )
    assert len(codes) > 12
    assert {code for code in codes if f"error_{code}" not in RESPONSES} - {"card_number_edited"} == set()


def test_every_response_that_an_action_utters_is_in_the_domain() -> None:
    said: set[str] = set()
    for path in sources("actions"):
        text = path.read_text(encoding="utf-8")
        said |= set(re.findall(r'(?:say|wording)\(\s*"([a-z_]+)"', text))
    assert len(said) > 40
    assert said - set(RESPONSES) == set()


def test_no_wording_in_the_domain_is_dead() -> None:
    text = "\n".join(
        path.read_text(encoding="utf-8") for path in sources("settlement", "actions", "channels")
    )
    rules = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "data/rules").glob("*.yml"))
    made_of_parts = re.compile(r"ask_|label_|error_(card|photo|device|code)_")
    dead = {
        name
        for name in RESPONSES
        if name not in rules
        and not re.search(rf'"{re.escape(name.removeprefix("error_"))}"|"{re.escape(name)}"', text)
        and not made_of_parts.match(name)
    }
    assert dead == set()


def test_every_step_of_the_form_has_its_class_and_its_question() -> None:
    from actions.steps import STEPS

    order = DOMAIN["forms"]["settlement_form"]["required_slots"]
    assert set(order) == set(STEPS)
    assert {f"action_ask_settlement_form_{step}" for step in order} <= set(DOMAIN["actions"])
    assert set(order) <= set(DOMAIN["slots"])


def test_no_registry_address_is_committed_in_a_lock() -> None:
    for lock in (ROOT / "deploy").rglob("*.txt"):
        assert "://" not in lock.read_text(encoding="utf-8"), lock
