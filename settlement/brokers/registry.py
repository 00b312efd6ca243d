"""The futures companies: what is in force now, and every version that ever was."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import structlog

from settlement.brokers.folder import COMMON, files_of, load
from settlement.brokers.problems import FolderError, Messages, Problem
from settlement.brokers.schema import Broker
from settlement.brokers.snapshots import Snapshots
from settlement.clock import beijing, now
from settlement.errors import CustomerError, OperatorError
from settlement.settings import Settings

log = structlog.get_logger(__name__)
_Stamp = tuple[date, tuple[tuple[str, int, int], ...]]


def _today() -> date:
    return beijing(now()).date()


class Brokers:
    """Companies by code. A folder that a trainer broke goes on with its last good version."""

    def __init__(self, settings: Settings, *, today: Callable[[], date] = _today) -> None:
        """Read ``settings.brokers_dir``; versions are kept under ``settings.state_dir``.

        ``OperatorError`` when there is no company at all that can be served.
        """
        self._directory = settings.brokers_dir
        self._snapshots = Snapshots(settings.state_dir / "brokers")
        self._today = today
        self._current: dict[str, Broker] = {}
        self._stamps: dict[str, _Stamp] = {}
        self._old: dict[tuple[str, str], Broker] = {}
        self._problems: dict[str, str] = {}
        self.reload_if_changed()
        if not self._current:
            problems = "\n".join(self._problems.values())
            raise OperatorError(f"no futures company in {self._directory} can be served\n{problems}".rstrip())

    @property
    def problems(self) -> dict[str, str]:
        """What keeps the newest files of a company from being used, by code."""
        return dict(self._problems)

    def get(self, code: str) -> Broker:
        """The current version; ``CustomerError`` broker_unknown (R-003), or broker_disabled with its name."""
        broker = self._current.get(code)
        if broker is None:
            raise CustomerError("broker_unknown", broker=code if re.fullmatch(r"[0-9]{4}", code) else "")
        if broker.status == "disabled":
            raise CustomerError("broker_disabled", broker=broker.name, hotline=broker.hotline)
        return broker

    def at_version(self, code: str, version: str) -> Broker:
        """The company as it was under ``version``, disabled since or not; CustomerError broker_unknown."""
        current = self._current.get(code)
        if current and current.version == version:
            return current
        broker = self._old.get((code, version)) or self._snapshots.load(code, version)
        if broker is None:
            raise CustomerError("broker_unknown", broker=code)
        self._old[code, version] = broker
        return broker

    def all(self) -> list[Broker]:
        """Every company by code, disabled ones too."""
        return [self._current[code] for code in sorted(self._current)]

    def logo(self, code: str) -> Path | None:
        """The picture of a company, if it has one; ``CustomerError`` as for ``get``."""
        name = self.get(code).brand.logo
        return self._directory / code / name if name else None

    def find(self, text: str) -> Broker | None:
        """The enabled company that ``text`` names, by any of its names; ``None`` if none, or several."""
        folded = re.sub(r"\s", "", text)
        found = {
            broker.code: broker
            for broker in self._current.values()
            if broker.status == "enabled"
            and any(name in folded for name in (broker.name, broker.short_name, *broker.aliases))
        }
        return next(iter(found.values())) if len(found) == 1 else None

    def reload_if_changed(self) -> bool:
        """Read what changed on disk, and documents whose day has come; true when a company changed.

        Costs a look at sizes and times of the files, so it may be called on every turn. Problems of
        trainers are logged and kept in ``problems``; they never stop the service.
        """
        changed = False
        for folder in self._folders():
            stamp = self._stamp(folder)
            if self._stamps.get(folder.name) != stamp:
                self._stamps[folder.name] = stamp
                changed |= self._reload(folder)
        for code in set(self._current) - set(self._stamps):
            changed = True
            del self._current[code]
        return changed

    def _folders(self) -> list[Path]:
        folders = [
            folder
            for folder in sorted(self._directory.iterdir())
            if folder.is_dir() and re.fullmatch(r"[0-9]{4}", folder.name)
        ]
        for code in set(self._stamps) - {folder.name for folder in folders}:
            del self._stamps[code]
            self._problems.pop(code, None)
        return folders

    def _stamp(self, folder: Path) -> _Stamp:
        files = []
        for path in files_of(folder):
            # An editor may replace a file between the listing and the look at it.
            try:
                status = path.stat()
            except FileNotFoundError:
                continue
            files.append((str(path), status.st_mtime_ns, status.st_size))
        return self._today(), tuple(files)

    def _refuse_republished(self, folder: Path, broker: Broker) -> None:
        changed = self._snapshots.republished(broker)
        if changed:
            say = Messages(folder.parent / COMMON)
            raise FolderError(
                [
                    Problem(
                        f"{folder.name}/documents", None, say.field(("version",)),
                        say.text("document_republished", {"title": one.title, "value": one.version}),
                    )
                    for one in changed
                ]
            )  # fmt: skip

    def _reload(self, folder: Path) -> bool:
        code = folder.name
        before = self._current.get(code)
        try:
            broker = load(folder, self._today())
            self._refuse_republished(folder, broker)
        except (FolderError, OperatorError, OSError) as error:
            self._problems[code] = str(error)
            log.warning("broker_folder_broken", broker=code, problem=str(error))
            if before is None and (last := self._snapshots.last(code)):
                self._current[code] = last
                return True
            return False
        self._problems.pop(code, None)
        self._snapshots.keep(broker)
        self._snapshots.publish(broker)
        if before and before.version == broker.version:
            return False
        if before:
            self._old[code, before.version] = before
        self._current[code] = broker
        return True
