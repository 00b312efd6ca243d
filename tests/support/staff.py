"""Staff at the console, over its own pages: log in, claim, decide."""

from __future__ import annotations

import re
from pathlib import Path

import httpx


class Member:
    """One member of staff in a browser."""

    def __init__(self, address: str, users: Path, name: str) -> None:
        self.http = httpx.Client(base_url=address, headers={"Origin": address}, follow_redirects=True)
        lines = (line.split() for line in users.read_text(encoding="utf-8").splitlines() if line.strip())
        password = next(words[1] for words in lines if words[0] == name)
        self._post("/login", "/login", name=name, password=password)

    def claim(self, case_no: str) -> None:
        """领取."""
        self._post(f"/cases/{case_no}", f"/cases/{case_no}/claim")

    def approve(self, case_no: str, action: str) -> None:
        """``witness-pass`` or ``approve``, with every point of the list checked."""
        page = self.http.get(f"/cases/{case_no}").text
        checks = sorted(set(re.findall(r'name="checks" value="([^"]+)"', page)))
        self._post(f"/cases/{case_no}", f"/cases/{case_no}/{action}", checks=checks)

    def refuse(self, case_no: str, action: str, reasons: list[str], remark: str) -> None:
        """``witness-fail`` or ``reject``, with reasons and a remark."""
        self._post(f"/cases/{case_no}", f"/cases/{case_no}/{action}", reasons=reasons, remark=remark)

    def _post(self, page: str, target: str, **fields: str | list[str]) -> None:
        found = re.search(r'name="csrf" value="([^"]+)"', self.http.get(page).text)
        assert found, f"no form on {page}"
        answer = self.http.post(target, data={"csrf": found[1], **fields})
        assert answer.is_success, f"{target}: {answer.status_code} {_problem(answer.text)}"
        assert 'class="problem"' not in answer.text, f"{target}: {_problem(answer.text)}"


def _problem(page: str) -> str:
    found = re.search(r'class="problem"[^>]*>([^<]*)', page)
    return found[1] if found else ""
