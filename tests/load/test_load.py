"""The benchmark itself, small: that it runs, and that nobody's answer is lost, doubled or out of order."""

from __future__ import annotations

import pytest

from tests.conversations.stack import Stack
from tests.load.measures import MEASURES, Measure, Size

SMALL = Size(customers=4, questions=3, listeners=5)


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.__name__)
async def test_every_customer_of_the_benchmark_is_answered_once_and_in_order(
    measure: Measure, stack: Stack
) -> None:
    figures = await measure(stack, SMALL)
    assert figures
    assert all(figure.time > 0 and figure.against > 0 for figure in figures)
