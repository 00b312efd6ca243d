"""How often a conversation may send something, from whichever channel it comes."""

from __future__ import annotations

from settlement.security.limits import Rules

MESSAGES: Rules = [(40, 10), (150, 60), (1500, 3600)]
UPLOADS: Rules = [(20, 60), (200, 3600)]
