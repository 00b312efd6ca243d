"""The console: ``python -m console``."""

from __future__ import annotations

import asyncio
import sys

from console.app import create_app
from console.demonstration import FILE, ensure_staff
from console.parts import Parts
from settlement.database import upgrade
from settlement.errors import OperatorError
from settlement.security.logs import configure
from settlement.settings import Settings, settings


async def _prepare(settings: Settings) -> None:
    """Bring the database up to date and see that somebody can log in."""
    await upgrade(settings.database_url)
    house = Parts.build(settings)
    try:
        made = await ensure_staff(settings, house.staff)
    finally:
        await house.close()
    if made:
        print(f"Staff for trying things out (kept in {settings.state_dir / FILE}):\n{made}", flush=True)


def main() -> int:
    """Serve until stopped, in this one process."""
    chosen = settings()
    configure("console")
    try:
        asyncio.run(_prepare(chosen))
        app = create_app(Parts.build(chosen))
    except OperatorError as error:
        print(f"console: {error}", file=sys.stderr)
        return 1
    app.run(
        host=chosen.console_host,
        port=chosen.console_port,
        single_process=True,
        access_log=False,
        motd=False,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
