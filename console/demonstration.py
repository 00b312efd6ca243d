"""People to try the console with, made when a local run has no staff yet."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from settlement.cases.desk_views import Role
from settlement.cases.staff import StaffUsers
from settlement.errors import OperatorError
from settlement.settings import Settings

PEOPLE: tuple[tuple[str, Role], ...] = (
    ("witness", "witness"),
    ("reviewer", "reviewer"),
    ("admin", "administrator"),
    ("trainer", "trainer"),
)
FILE = "console-users.txt"


async def ensure_staff(settings: Settings, staff: StaffUsers) -> str | None:
    """Make them when there is nobody; what to print about them, or ``None`` when nothing was done.

    ``OperatorError`` in production without staff: people are added by ``python -m settlement.cases.staff``.
    """
    if await staff.any():
        return None
    if settings.production:
        raise OperatorError(
            "there is no staff yet: add people by python -m settlement.cases.staff add NAME ROLE"
        )
    lines = []
    for name, role in PEOPLE:
        password = secrets.token_urlsafe(9)
        await staff.add(name, role, password)
        lines.append(f"{name:<10} {password:<14} {role}")
    text = "\n".join(lines) + "\n"
    _write(settings.state_dir / FILE, text)
    return text


def _write(path: Path, text: str) -> None:
    """For the owner's eyes alone from the first byte on, whatever lay there before."""
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
