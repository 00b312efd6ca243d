"""What can go wrong on the other side of a port. No text here ever holds personal data."""

from __future__ import annotations

from settlement.errors import OperatorError


class PortUnavailable(Exception):
    """The other side did not answer, or said "later": trying again with the same key is right."""


class PortRefused(OperatorError):
    """The other side refused the call itself (wrong token, wrong shape): people must mend it."""
