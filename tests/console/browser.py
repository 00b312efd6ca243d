"""A browser without a screen: keeps cookies, fills in the forms that a page offers, follows redirects."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urlsplit

import httpx

CSRF = re.compile(r'name="csrf" value="([^"]+)"')


class Browser:
    """One member of staff at a screen."""

    def __init__(self, url: str) -> None:
        host = urlsplit(url).netloc
        self.client = httpx.AsyncClient(
            base_url=url, headers={"Origin": f"http://{host}", "Sec-Fetch-Site": "same-origin"}, timeout=20
        )
        self.page = ""

    async def see(self, path: str) -> httpx.Response:
        answer = await self.client.get(path, follow_redirects=True)
        self.page = answer.text
        return answer

    async def send(self, path: str, **fields: str | list[str]) -> httpx.Response:
        """Post a form as the page in view would, with its token."""
        token = CSRF.search(self.page)
        answer = await self.client.post(path, data={"csrf": token[1] if token else "", **fields})
        if answer.status_code == 303:
            return await self.see(answer.headers["location"])
        self.page = answer.text
        return answer

    async def log_in(self, name: str, password: str) -> httpx.Response:
        await self.see("/login")
        return await self.send("/login", name=name, password=password)

    def images(self) -> list[str]:
        """Addresses of the photos on the page in view."""
        return [unescape(one) for one in re.findall(r'<img src="([^"]+)"', self.page)]

    async def close(self) -> None:
        await self.client.aclose()
