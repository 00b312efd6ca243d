"""Errors by who can mend them."""

from __future__ import annotations


class CustomerError(Exception):
    """Something the customer can mend, or must be told.

    ``code`` names the sentence: ``utter_error_<code>`` in ``domain.yml``; ``facts`` fill its variables.
    The text of this exception holds the code alone, so that no personal value reaches a log.
    """

    def __init__(self, code: str, **facts: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


class OperatorError(Exception):
    """Something the people who run the service must mend; its text never holds personal data."""
