"""The page looks like the company that the conversation is about, and like none before one was chosen."""

from __future__ import annotations

import httpx
import pytest

from tests.channels.conftest import Gateway
from tests.channels.customer import Customer
from tests.channels.of_case import OfCase


def test_before_a_company_was_chosen_the_page_has_its_own_look(customer: Customer) -> None:
    assert customer.http.get("/api/brand").json() == {"brand": None}


def test_a_company_brings_its_name_colour_and_logo(customer: Customer, of_case: OfCase) -> None:
    brand = customer.http.get("/api/brand").json()["brand"]
    assert (brand["code"], brand["short_name"], brand["colour"]) == ("0127", "海岳期货", "#0b4f85")
    logo = customer.http.get(brand["logo"])
    assert logo.headers["content-type"] == "image/svg+xml"
    # A picture that is opened by itself runs nothing either.
    assert "default-src 'none'" in logo.headers["content-security-policy"]
    unchanged = customer.http.get(brand["logo"], headers={"If-None-Match": logo.headers["etag"]})
    assert (unchanged.status_code, unchanged.content) == (304, b"")


@pytest.mark.parametrize("code", ["0999", "1234", "..", "%2e%2e", "0127%2f..%2f0368"])
def test_there_is_no_logo_of_a_company_that_serves_nobody(gateway: Gateway, code: str) -> None:
    answer = httpx.get(f"{gateway.url}/api/brands/{code}/logo", trust_env=False)
    assert answer.status_code in {400, 404}
    assert answer.json()["message"]
