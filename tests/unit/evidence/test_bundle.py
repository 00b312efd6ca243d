"""A bundle proves its case with nothing but a root certificate, and shows any change."""

from __future__ import annotations

import asyncio
import io
import json
import random
import shutil
import subprocess
import sys
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest

from settlement import clock
from settlement.cases.desk_views import DeskError
from settlement.evidence import archive
from settlement.evidence.bundle import MANIFEST, SIGNATURE, chain_holds, chained
from settlement.evidence.bundle_verify import BundleReport, verify_bundle
from settlement.settings import ROOT
from tests.support.missing import program
from tests.unit.cases.world import WHERE
from tests.unit.evidence.case import HOME, Evident


async def check(evident: Evident, data: bytes, later: timedelta = timedelta()) -> BundleReport:
    roots = evident.workshop.roots
    return await asyncio.to_thread(verify_bundle, data, roots, moment=clock.now() + later)


@pytest.fixture
async def bundle(evident: Evident) -> bytes:
    """Of a case that was submitted."""
    return await evident.evidence.bundle(evident.staff, await evident.submitted())


async def test_a_bundle_verifies_now_and_in_twenty_years(evident: Evident, bundle: bytes) -> None:
    report = await check(evident, bundle)
    assert report.ok, report
    assert report.time_proven
    assert list(report.papers) == ["papers/1.pdf"]
    assert (await check(evident, bundle, timedelta(days=20 * 365))).ok


async def test_everything_that_happened_is_inside(evident: Evident, bundle: bytes) -> None:
    members = archive.read(bundle)
    texts = json.loads(members["agreements.json"])
    assert len(texts) == 6
    assert "第一章 定义" in members[next(r["file"] for r in texts if r["kind"] == "contract")].decode()
    assert {row["kind"] for row in json.loads(members["consents.json"])} >= {"privacy", "contract"}
    assert all(row["seconds"] >= 8 for row in json.loads(members["readings.json"]))
    events = [json.loads(line) for line in members["events.jsonl"].splitlines()]
    assert [one["number"] for one in events] == ["T01", "T02", "T03", "T04", "T06"]
    assert {row["kind"] for row in json.loads(members["images.json"])} >= {"id_front", "signature"}
    assert {row["action"] for row in json.loads(members["audit.json"])["entries"]} >= {"sign", "submit"}
    assert not any(name.endswith((".jpg", ".png")) for name in members)


async def test_the_bundle_and_the_desk_say_where_the_customer_acted_from(
    evident: Evident, bundle: bytes
) -> None:
    members = archive.read(bundle)
    home = HOME.model_dump()
    assert [row["origin"] for row in json.loads(members["papers.json"])] == [home]
    assert [row["origin"] for row in json.loads(members["submissions.json"])] == [home]
    for name in ("readings.json", "consents.json"):
        assert all(set(row["origin"]) == set(home) for row in json.loads(members[name]))
    [case_no] = {json.loads(members["manifest.json"])["case"]["case_no"]}
    acts = await evident.evidence.acts(evident.staff, case_no)
    assert [act.kind for act in acts][-2:] == ["signed", "submitted"]
    assert {act.kind: act.origin for act in acts}["signed"] == HOME
    contract = [act.kind for act in acts if act.title.endswith("合同书")]
    assert contract == ["opened", "agreed"]


async def test_another_companys_staff_see_nothing_of_it(evident: Evident, bundle: bytes) -> None:
    stranger = evident.staff.model_copy(update={"broker": "0368"})
    case_no = json.loads(archive.read(bundle)["manifest.json"])["case"]["case_no"]
    evidence = evident.evidence
    for look in (evidence.acts, evidence.papers, evidence.bundle):
        with pytest.raises(DeskError, match="case_not_found"):
            await look(stranger, case_no)


async def test_one_changed_byte_anywhere_in_the_file_is_found(evident: Evident, bundle: bytes) -> None:
    choice = random.Random(1)
    places = {*choice.sample(range(len(bundle)), 150), *range(40), *range(len(bundle) - 80, len(bundle))}
    for at in sorted(places):
        changed = bytearray(bundle)
        changed[at] ^= 1 << choice.randrange(8)
        assert not (await check(evident, bytes(changed))).ok, at


async def test_one_changed_byte_in_any_member_is_found_though_the_sums_were_made_anew(
    evident: Evident, bundle: bytes
) -> None:
    members, choice = archive.read(bundle), random.Random(2)
    assert len(members) > 15
    # A CMS object has bytes that it does not sign itself (its version, say): of those the sums alone speak.
    for name, content in members.items() - {(SIGNATURE, members[SIGNATURE])}:
        for at in {choice.randrange(len(content)) for _ in range(3)}:
            changed = bytearray(content)
            changed[at] ^= 1 << choice.randrange(8)
            forged = archive.write({**members, name: bytes(changed)})
            assert not (await check(evident, forged)).ok, (name, at)


async def test_a_member_that_is_removed_added_or_renamed_is_found(evident: Evident, bundle: bytes) -> None:
    members = archive.read(bundle)
    for name in members:
        rest = {other: content for other, content in members.items() if other != name}
        assert not (await check(evident, archive.write(rest))).ok, name
        assert not (await check(evident, archive.write({**rest, f"x-{name}": members[name]}))).ok, name
    assert not (await check(evident, archive.write({**members, "more.txt": b"x"}))).ok


async def test_a_manifest_that_was_made_anew_is_found(evident: Evident, bundle: bytes) -> None:
    members = archive.read(bundle)
    manifest = json.loads(members[MANIFEST])
    manifest["case"]["customer"] = "somebody else"
    forged = archive.write({**members, MANIFEST: json.dumps(manifest).encode()})
    assert "manifest_not_intact" in (await check(evident, forged)).problems


async def test_another_spelling_of_the_same_zip_is_found(evident: Evident, bundle: bytes) -> None:
    members = archive.read(bundle)
    for trailing in (b"x", b"\0" * 30):
        assert not (await check(evident, bundle + trailing)).ok
        assert not (await check(evident, trailing + bundle)).ok
    for method in (zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", method) as other:
            for name, content in {**members, archive.SUMS: archive.sums(members)}.items():
                other.writestr(name, content)
        assert not (await check(evident, out.getvalue())).ok


async def test_an_unknown_root_vouches_for_nothing(evident: Evident, bundle: bytes) -> None:
    report = await asyncio.to_thread(verify_bundle, bundle, [])
    assert "manifest_untrusted" in report.problems


async def test_void_papers_are_in_the_bundle_with_the_reason(evident: Evident) -> None:
    case_no = await evident.signed()
    world, owner = evident.world, evident.owner
    await world.cases.put_card(owner, case_no, await world.card(owner, branch="上海分行营业部"), seq=1)
    await world.cases.finish_cards(owner, case_no)
    await world.cases.tick_documents(owner, case_no, True)
    await world.cases.sign(owner, case_no, **WHERE)
    await world.cases.submit(owner, case_no, idempotency_key="key")
    made = await evident.evidence.bundle(evident.staff, case_no)
    report = await check(evident, made)
    assert report.ok, report
    first, second = json.loads(archive.read(made)["papers.json"])
    assert first["voided_at"]
    assert "D_BANK" in first["void_reason"]
    assert second["voided_at"] is None


async def test_a_bundle_is_made_for_staff_of_that_company_alone(evident: Evident) -> None:
    case_no = await evident.submitted()
    stranger = evident.staff.model_copy(update={"broker": "0368"})
    with pytest.raises(DeskError, match="case_not_found"):
        await evident.evidence.bundle(stranger, case_no)


@pytest.fixture
def elsewhere(tmp_path: Path, bundle: bytes, evident: Evident) -> Path:
    """Another folder with the bundle and the root certificate, and nothing else of ours."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "case.zip").write_bytes(bundle)
    shutil.copy(evident.workshop.authority.root_file, folder / "root.pem")
    return folder


def test_the_command_verifies_without_database_and_keys(elsewhere: Path) -> None:
    command = [sys.executable, "-m", "settlement.evidence", "verify", str(elsewhere / "case.zip")]
    environment = {"PATH": "/usr/bin:/bin", "STATE_DIR": str(elsewhere / "none"), "PYTHONPATH": str(ROOT)}

    def run(*more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*command, *more], cwd=elsewhere, env=environment, capture_output=True, text=True, check=False
        )

    good = run("--root", str(elsewhere / "root.pem"))
    assert good.returncode == 0, good.stdout + good.stderr
    assert "核验通过" in good.stdout
    assert run().returncode == 2  # nobody to trust
    changed = bytearray((elsewhere / "case.zip").read_bytes())
    changed[len(changed) // 2] ^= 1
    (elsewhere / "case.zip").write_bytes(changed)
    bad = run("--root", str(elsewhere / "root.pem"))
    assert bad.returncode == 1
    assert "核验未通过" in bad.stdout
    assert not (elsewhere / "none").exists()


def test_ordinary_tools_verify_the_bundle(elsewhere: Path) -> None:
    with zipfile.ZipFile(elsewhere / "case.zip") as zipped:
        zipped.extractall(elsewhere)
    sums = subprocess.run([program("sha256sum"), "-c", "SHA256SUMS"], cwd=elsewhere, capture_output=True)
    assert sums.returncode == 0, sums.stderr
    command = [
        program("openssl"), "cms", "-verify", "-binary", "-inform", "DER", "-in", "manifest.p7s", "-content",
        "manifest.json", "-CAfile", "root.pem", "-purpose", "any", "-out", "/dev/null",
    ]  # fmt: skip
    signed = subprocess.run(command, cwd=elsewhere, capture_output=True, text=True)
    assert signed.returncode == 0, signed.stderr
    manifest = elsewhere / "manifest.json"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace("0127", "0128"), encoding="utf-8")
    assert subprocess.run(command, cwd=elsewhere, capture_output=True).returncode != 0


def test_a_pdf_reader_finds_the_signatures(elsewhere: Path) -> None:
    with zipfile.ZipFile(elsewhere / "case.zip") as zipped:
        zipped.extractall(elsewhere)
    said = subprocess.run(
        [program("pdfsig"), "papers/1.pdf"], cwd=elsewhere, capture_output=True, text=True
    ).stdout
    assert said.count("Signature is Valid") == 2
    assert "Total document signed" in said


def test_the_chain_of_events_shows_a_gap() -> None:
    content = chained([{"seq": 1, "a": "甲"}, {"seq": 2, "a": "乙"}, {"seq": 3, "a": "丙"}])
    assert chain_holds(content)
    lines = content.splitlines(keepends=True)
    assert not chain_holds(lines[0] + lines[2])
    assert not chain_holds(b"".join(lines[1:]))
    assert not chain_holds(content[:-1])


def test_a_zip_with_a_way_out_of_its_folder_is_refused() -> None:
    with pytest.raises(archive.ArchiveError, match="not_canonical"):
        archive.read(archive.write({"../etc": b"x"}))
