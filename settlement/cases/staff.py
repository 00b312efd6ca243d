"""Staff of the desk: ``python -m settlement.cases.staff add NAME ROLE [--broker CODE]``."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import secrets
import sys
from typing import get_args

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from settlement.cases.audit import Audit
from settlement.cases.desk_views import DeskError, Role, Staff
from settlement.cases.records import StaffUser
from settlement.cases.states import Actor
from settlement.database import Database, upgrade
from settlement.security.columns import use_keyring
from settlement.security.keys import Keyring
from settlement.settings import settings

SHORTEST_PASSWORD = 12
ROLES = get_args(Role)


class StaffUsers:
    """Who may work at the desk, and as what. Passwords are kept as argon2id hashes."""

    def __init__(self, database: Database, keyring: Keyring, hasher: PasswordHasher | None = None) -> None:
        self._database = database
        self._audit = Audit(keyring)
        self._hasher = hasher or PasswordHasher()
        # Checked when there is no such name, so that a wrong name takes as long as a wrong password.
        self._nobody = self._hasher.hash(secrets.token_hex(16))

    async def add(self, name: str, role: str, password: str, broker: str | None = None) -> Staff:
        """A new user. ``DeskError``: name_taken, wrong_role, password_too_short (length)."""
        if role not in ROLES:
            raise DeskError("wrong_role")
        user = StaffUser(
            name=name.strip(), role=role, broker=broker, password_hash=await self._hashed(password)
        )
        try:
            async with self._database.session() as session:
                session.add(user)
                await session.flush()
                await self._audit.append(
                    session, Actor.SYSTEM, "command", "staff_added", user.id, role=role, broker=broker
                )
        except IntegrityError:
            raise DeskError("name_taken") from None
        return Staff.model_validate(user, from_attributes=True)

    async def check(self, name: str, password: str, *, address: str = "") -> Staff | None:
        """Who this is; ``None`` when name or password is wrong, which goes on record with the address."""
        async with self._database.reading() as session:
            user = await session.scalar(select(StaffUser).where(StaffUser.name == name.strip()))
        active = user is not None and user.active
        kept = user.password_hash if user is not None and active else self._nobody
        right = await asyncio.to_thread(self._verify, kept, password) and active
        async with self._database.session() as session:
            who = user.id if user is not None else "unknown"
            result = "ok" if right else "refused"
            await self._audit.append(
                session, Actor.STAFF, who, "staff_login", who, result, address=address[:60]
            )
        return Staff.model_validate(user, from_attributes=True) if user is not None and right else None

    async def get(self, staff_id: str) -> Staff | None:
        """A user who may still work here."""
        async with self._database.reading() as session:
            user = await session.get(StaffUser, staff_id)
        return Staff.model_validate(user, from_attributes=True) if user is not None and user.active else None

    async def any(self) -> bool:
        """Whether there is anybody yet."""
        async with self._database.reading() as session:
            return await session.scalar(select(StaffUser.id).limit(1)) is not None

    async def all(self) -> list[Staff]:
        """Everybody who may work here, by name."""
        async with self._database.reading() as session:
            users = await session.scalars(select(StaffUser).where(StaffUser.active).order_by(StaffUser.name))
            return [Staff.model_validate(user, from_attributes=True) for user in users]

    async def set_password(self, name: str, password: str) -> None:
        """Another password. ``DeskError``: staff_unknown, password_too_short (length)."""
        hashed = await self._hashed(password)
        await self._change(name, "staff_password", password_hash=hashed)

    async def remove(self, name: str) -> None:
        """Nobody logs in by this name any more; what they did stays theirs. ``DeskError`` staff_unknown."""
        await self._change(name, "staff_removed", active=False)

    async def _change(self, name: str, action: str, **values: object) -> None:
        async with self._database.session() as session:
            user = await session.scalar(select(StaffUser).where(StaffUser.name == name.strip()))
            if user is None:
                raise DeskError("staff_unknown")
            for column, value in values.items():
                setattr(user, column, value)
            await session.flush()
            await self._audit.append(session, Actor.SYSTEM, "command", action, user.id)

    async def _hashed(self, password: str) -> str:
        if len(password) < SHORTEST_PASSWORD:
            raise DeskError("password_too_short", length=SHORTEST_PASSWORD)
        return await asyncio.to_thread(self._hasher.hash, password)

    def _verify(self, kept: str, password: str) -> bool:
        try:
            return self._hasher.verify(kept, password)
        except (VerificationError, InvalidHashError):
            return False


async def _run(arguments: argparse.Namespace) -> None:
    keyring = Keyring.load(settings())
    use_keyring(keyring)
    await upgrade(settings().database_url)
    database = Database(settings().database_url)
    users = StaffUsers(database, keyring)
    try:
        if arguments.command == "remove":
            await users.remove(arguments.name)
            return
        made_up = not sys.stdin.isatty()
        password = (
            secrets.token_urlsafe(12) if made_up else await asyncio.to_thread(getpass.getpass, "password: ")
        )
        if arguments.command == "add":
            await users.add(arguments.name, arguments.role, password, arguments.broker)
        else:
            await users.set_password(arguments.name, password)
        if made_up:
            print(password)
    finally:
        await database.close()


def main(words: list[str]) -> int:
    """``add NAME ROLE``, ``password NAME``, ``remove NAME``; without a terminal a password is made up."""
    parser = argparse.ArgumentParser(prog="python -m settlement.cases.staff")
    commands = parser.add_subparsers(dest="command", required=True)
    add = commands.add_parser("add")
    add.add_argument("name")
    add.add_argument("role", choices=ROLES)
    add.add_argument("--broker", help="four digits; all companies when left out")
    for command in ("password", "remove"):
        commands.add_parser(command).add_argument("name")
    try:
        asyncio.run(_run(parser.parse_args(words)))
    except DeskError as error:
        print(error.code, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
