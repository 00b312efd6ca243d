"""From a folder to a ``Broker``: ``brokers/common`` first, the company's own files over it."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from settlement.brokers.parts import Document
from settlement.brokers.problems import FolderError, Messages, Problem
from settlement.brokers.reading import Source, read, read_document
from settlement.brokers.schema import Broker

COMMON = "common"
# File → field of Broker. Files of the second group stand in common/ and may be overridden key by key.
OWN_FILES = {"banks.yml": "banking", "hours.yml": "hours", "texts.yml": "texts"}
SHARED_FILES = {
    "status.yml": "status_labels",
    "reject_reasons.yml": "reject_reasons",
    "sms.yml": "sms_templates",
    "phrases.yml": "phrases",
    "paper.yml": "paper",
}
# Errors that concern several fields at once, and the field whose file a trainer should open.
CONCERNS = {
    "variable_missing": ("texts", "variables"),
    "variable_unknown": ("texts", "variables"),
    "phrase_missing": ("phrases",),
    "phrase_variable": ("phrases",),
    "paper_missing": ("paper",),
}
LOGO_BYTES = 64 * 1024
DEFAULT_STEPS = {"certificate_letter": "photo", "privacy": "photo"}


def files_of(folder: Path) -> list[Path]:
    """Every file that a company's version is made of, its own and the common ones, in a fixed order."""
    found: list[Path] = []
    for root in (folder.parent / COMMON, folder):
        found += [path for path in root.rglob("*") if path.suffix in (".yml", ".md") and path.is_file()]
    return sorted(found)


def load(folder: Path, today: date) -> Broker:
    """The company in ``folder`` as it is on ``today`` (Beijing date); ``FolderError`` with all problems."""
    return _Loading(folder, today).broker()


def waiting_documents(folder: Path, today: date) -> list[tuple[str, str]]:
    """Files and days of documents that have not come into force yet; the folder must be loadable."""
    waiting = []
    for path in sorted((folder / "documents").glob("*.md")):
        day = str(read_document(path, path.name)[0].data["effective_from"])
        if day > today.isoformat():
            waiting.append((path.name, day))
    return waiting


class _Loading:
    def __init__(self, folder: Path, today: date) -> None:
        self.folder = folder
        self.today = today
        self.common = folder.parent / COMMON
        self.messages = Messages(self.common)
        self.problems: list[Problem] = []
        self.sources: dict[str, Source] = {}  # field of Broker → the file it stands in; "" is broker.yml

    def broker(self) -> Broker:
        own = self._read(self.folder / "broker.yml")
        if own is None:
            raise FolderError(self.problems)
        self.sources[""] = own
        data: dict[str, Any] = dict(own.data)
        for name, field in OWN_FILES.items():
            if source := self._read(self.folder / name):
                self.sources[field] = source
                data[field] = source.data
        for name, field in SHARED_FILES.items():
            data[field] = self._shared(name, field)
        data["reject_reasons"] = {
            code: {**row, "code": code} if isinstance(row, dict) else row
            for code, row in data["reject_reasons"].items()
        }
        documents = self._documents()
        data["documents"] = documents
        data["version"] = self._version(documents)
        if not self.problems and data.get("code") != self.folder.name:
            self._problem(own, ("code",), "code_folder", {"folder": self.folder.name})
        self._look_at_logo(own)
        if self.problems:
            raise FolderError(self.problems)
        try:
            return Broker.model_validate(data)
        except ValidationError as error:
            self._explain(error)
            raise FolderError(self.problems) from error

    def _look_at_logo(self, own: Source) -> None:
        brand = own.data.get("brand")
        name = brand.get("logo") if isinstance(brand, dict) else None
        if not isinstance(name, str) or "/" in name:
            return  # none, or the model refuses it
        try:
            fine = (self.folder / name).stat().st_size <= LOGO_BYTES
        except OSError:
            fine = False
        if not fine:
            facts = {"value": name, "kilobytes": LOGO_BYTES // 1024}
            self._problem(own, ("brand", "logo"), "brand_logo", facts)

    def _read(self, path: Path) -> Source | None:
        name = self._name(path)
        try:
            return read(path, name)
        except PydanticCustomError as error:
            self._problem(Source(name, {}, None), (), error.type, error.context or {})
            return None

    def _shared(self, name: str, field: str) -> dict[str, Any]:
        base = self._read(self.common / name)
        over = self._read(self.folder / name) if (self.folder / name).exists() else None
        if chosen := over or base:
            self.sources[field] = chosen
        return {**(base.data if base else {}), **(over.data if over else {})}

    def _documents(self) -> list[Document]:
        """Of each id the newest version that has come into force."""
        current: dict[str, Document] = {}
        for path in sorted((self.folder / "documents").glob("*.md")):
            name = self._name(path)
            try:
                source, body = read_document(path, name)
            except PydanticCustomError as error:
                self._problem(Source(name, {}, None), (), error.type, error.context or {})
                continue
            front = {"id": path.stem, **source.data}
            front.setdefault("step", DEFAULT_STEPS.get(str(front.get("kind")), "agreement"))
            try:
                document = Document.model_validate({**front, "body": body, "sha256": ""})
                digest = hashlib.sha256(document.evidence_text.encode()).hexdigest()
                document = document.model_copy(update={"sha256": digest})
            except ValidationError as error:
                for item in error.errors(include_url=False):
                    self._problem(
                        source, tuple(item["loc"]), item["type"], item.get("ctx", {}), item["input"]
                    )
                continue
            before = current.get(document.id)
            if document.effective_from <= self.today and (
                before is None or before.effective_from < document.effective_from
            ):
                current[document.id] = document
        return list(current.values())

    def _version(self, documents: list[Document]) -> str:
        digest = hashlib.sha256()
        for path in files_of(self.folder):
            # Names relative to the folder of companies; a name or its contents cannot run into each other.
            digest.update(f"{self._name(path)}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
        digest.update("\0".join(f"{d.id}={d.version}" for d in documents).encode())
        return digest.hexdigest()[:12]

    def _name(self, path: Path) -> str:
        return path.relative_to(self.folder.parent).as_posix()

    def _explain(self, error: ValidationError) -> None:
        for item in error.errors(include_url=False):
            path: tuple[str | int, ...] = tuple(item["loc"]) or CONCERNS.get(item["type"], ())
            source = self.sources[""]
            if path and str(path[0]) in self.sources:
                source, path = self.sources[str(path[0])], path[1:]
            self._problem(source, path, item["type"], item.get("ctx", {}), item["input"])

    def _problem(
        self, source: Source, path: tuple[str | int, ...], kind: str, facts: dict[str, Any], value: Any = None
    ) -> None:
        shown = str(value)[:40] if isinstance(value, str | int | float) else ""
        known = {"input": shown, "key": str(path[-1]) if path else "", **facts}
        line = facts.get("line") or source.line(path)
        self.problems.append(
            Problem(source.name, line, self.messages.field(path), self.messages.text(kind, known))
        )
