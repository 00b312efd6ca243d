"""Says which refusal a test expects."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from settlement.errors import CustomerError


@contextmanager
def refused(code: str, **facts: str | int) -> Iterator[None]:
    """The block ends with a refusal of this code, with these facts among its own."""
    with pytest.raises(CustomerError) as caught:
        yield
    assert caught.value.code == code
    assert facts.items() <= caught.value.facts.items()
