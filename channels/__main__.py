"""``python -m channels``: serve customers on ``GATEWAY_HOST`` and ``GATEWAY_PORT``."""

from __future__ import annotations

import sys

from channels.app import create
from settlement.errors import OperatorError
from settlement.security.logs import configure
from settlement.settings import settings


def main() -> int:
    """Serve until told to stop; 2 when something must be mended first."""
    configure("gateway")
    chosen = settings()
    try:
        create(chosen).run(
            host=chosen.gateway_host,
            port=chosen.gateway_port,
            single_process=True,
            access_log=False,
            motd=False,
        )
    except OperatorError as error:
        print(f"gateway: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
