"""What trainers are told when a folder is not right: the file, the line, and what to do."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from settlement.brokers.__main__ import check
from settlement.brokers.folder import load
from settlement.brokers.problems import FolderError, Problem
from tests.unit.brokers.conftest import TODAY
from tests.unit.brokers.folders import document, replace


def problems(folder: Path, today: date = TODAY) -> list[Problem]:
    with pytest.raises(FolderError) as caught:
        load(folder, today)
    assert "\n".join(map(str, caught.value.problems)) == str(caught.value)
    return caught.value.problems


def only(folder: Path) -> Problem:
    found = problems(folder)
    assert len(found) == 1, found
    return found[0]


def line_of(path: Path, text: str) -> int:
    return next(n for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if text in line)


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("broker.yml", "hotline: 400-000-0127", "hotline: 打电话", "打电话"),
        ("broker.yml", "max_cards: 5", "max_cards: 很多", "整数"),
        ("broker.yml", "max_cards: 5", "max_cards: 50", "最大是 20"),
        ("broker.yml", "off_hours: queue", "off_hours: wait", "refuse"),
        ("broker.yml", "needs_witness: true", "needs_witness: 是", "true"),
        ("broker.yml", "max_cards: 5", "max_card: 5", "拼错"),
        ("broker.yml", "default: true", "default: false", "default: true"),
        ("broker.yml", "code: 0127", "code: 0128", "0127"),
        ("broker.yml", '"#0b4f85"', '"#7fb2e0"', "白字看不清"),
        ("broker.yml", '"#0b4f85"', "#0b4f85", "双引号"),
        ("broker.yml", '"#0b4f85"', '"blue"', "格式不对"),
        ("broker.yml", "logo.svg", "other.svg", "没有图片"),
        ("broker.yml", "logo: logo.svg", "logo: ../0368/logo.svg", "格式不对"),
        ("broker.yml", "max_cards: 5", "max_cards: 5\nmax_cards: 6", "两次"),
        ("broker.yml", "max_cards: 5", "max_cards：5", "中文冒号"),
        ("broker.yml", "[id_front, id_back, signature]", "[id_front, id_back, signature, extra_1]", "names"),
        ("broker.yml", "max_megabytes: 10", "max_megabytes: 10\n  names: {extra_1: 居住证}", "kinds"),
        ("banks.yml", "- code: CIB", "- code: CIBB", "CIBB"),
        ("banks.yml", "- code: CIB", "- code: ICBC", "两次"),
        ("hours.yml", "days: 交易日", "days: 周末以外", "周末以外"),
        ("hours.yml", "from: 08:30", "from: 8点半", "8点半"),
        ("hours.yml", "to: 2027-01-03", "to: 2026-01-03", "早于"),
        ("hours.yml", "to: 2027-01-03", "to: 2027-02-30", "这一天存在"),
        ("texts.yml", "  fee_policy: 不收费\n", "", "fee_policy"),
        ("texts.yml", "  fee_policy: 不收费\n", "  fee_policy: 不收费\n  fee: 无\n", "fee"),
        ("documents/contract.md", "kind: contract", "kind: contrakt", "contract"),
        ("documents/contract.md", "seconds: 20", "seconds: 很久", "整数"),
        ("documents/contract.md", "---\nkind", "kind", "---"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_file_and_what_to_do(
    folder: Path, file: str, old: str, new: str, said: str
) -> None:
    replace(folder / file, old, new)
    found = problems(folder)
    assert any(problem.file == f"0127/{file}" and said in problem.text for problem in found), found


def test_a_logo_that_is_too_large_for_a_phone_is_refused(folder: Path) -> None:
    (folder / "logo.svg").write_bytes(b"<svg/>" + b" " * 70_000)
    found = only(folder)
    assert "64 KB" in found.text
    assert (found.file, found.line) == ("0127/broker.yml", line_of(folder / "broker.yml", "logo: logo.svg"))


def test_the_line_of_a_mistake_is_told(folder: Path) -> None:
    replace(folder / "broker.yml", "max_cards: 5", "max_cards: 很多")
    found = only(folder)
    assert found.line == line_of(folder / "broker.yml", "很多")
    assert "卡数上限" in found.field
    assert str(found).startswith(f"0127/broker.yml:{found.line} max_cards（卡数上限） ")


def test_the_item_of_a_list_is_told(folder: Path) -> None:
    replace(folder / "banks.yml", "- code: CIB", "- code: CIBB")
    found = only(folder)
    assert found.line == line_of(folder / "banks.yml", "CIBB")
    assert "第11项" in found.field


def test_lines_of_a_document_count_from_the_files_first(folder: Path) -> None:
    path = folder / "documents" / "contract.md"
    replace(path, "seconds: 20", "seconds: 很久")
    assert only(folder).line == line_of(path, "很久")


def test_mistakes_in_several_files_are_told_together(folder: Path) -> None:
    replace(folder / "banks.yml", "- code: CIB", "- code: CIBB")
    replace(folder / "hours.yml", "days: 交易日", "days: 周末以外")
    replace(folder / "broker.yml", "max_cards: 5", "max_cards: 很多")
    assert {problem.file for problem in problems(folder)} == {
        "0127/banks.yml", "0127/hours.yml", "0127/broker.yml"
    }  # fmt: skip


@pytest.mark.parametrize("file", ["broker.yml", "banks.yml", "hours.yml", "texts.yml"])
def test_a_missing_file_is_told(folder: Path, file: str) -> None:
    (folder / file).unlink()
    assert any(
        problem.file == f"0127/{file}" and "缺少这个文件" in problem.text for problem in problems(folder)
    )


def test_a_tab_and_a_foreign_encoding_are_told(folder: Path) -> None:
    replace(folder / "hours.yml", "acceptance:\n  -", "acceptance:\n\t-")
    (folder / "texts.yml").write_bytes("简体".encode("gbk"))
    found = {problem.file: problem.text for problem in problems(folder)}
    assert "Tab" in found["0127/hours.yml"]
    assert "UTF-8" in found["0127/texts.yml"]


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("certificate_letter.md", "数字证书安全责任书"),
        ("notice.md", "notice"),
        ("contract.md", "contract"),
        ("risk_notice.md", "risk"),
        ("consent_identity.md", "两份"),
        ("consent_bank_card.md", "两份"),
    ],
)
def test_a_company_that_serves_customers_needs_every_document(folder: Path, file: str, said: str) -> None:
    (folder / "documents" / file).unlink()
    assert said in only(folder).text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("您的验证码为{code}", "开头"),
        ("【{short_name}】验证码{cod}", "cod"),
        ("【{short_name}】验证码{code}，请打开 http://example.com", "网址"),
        ("【{short_name}】验证码{code", "大括号"),
    ],
)
def test_an_unsafe_sms_template_is_refused(folder: Path, text: str, said: str) -> None:
    (folder / "sms.yml").write_text(f'login_code: "{text}"\n', encoding="utf-8")
    found = only(folder)
    assert found.file == "0127/sms.yml"
    assert said in found.text


def test_a_company_overrides_what_all_share_key_by_key(folder: Path) -> None:
    (folder / "sms.yml").write_text('login_code: "【{short_name}】码{code}"\n', encoding="utf-8")
    (folder / "status.yml").write_text("D_BANK: 待填银行卡\n", encoding="utf-8")
    broker = load(folder, TODAY)
    assert broker.sms("login_code", code="482913") == "【海岳期货】码482913"
    assert "受理单" in broker.sms_templates["submitted"]
    assert (broker.status_labels["D_BANK"], broker.status_labels["D_PHOTO"]) == ("待填银行卡", "待上传照片")


def test_a_company_may_word_its_own_reason(folder: Path) -> None:
    row = {
        "group": "证件",
        "stage": "any",
        "customer": "请重拍",
        "staff": "看不清",
        "step_hint": "photo",
        "retry": "true",
    }
    text = "C01:\n" + "".join(f"  {key}: {value}\n" for key, value in row.items())
    (folder / "reject_reasons.yml").write_text(text, encoding="utf-8")
    broker = load(folder, TODAY)
    assert broker.reject_reasons["C01"].customer == "请重拍"
    assert len(broker.reject_reasons) == 30


def test_times_and_codes_are_read_as_typed(folder: Path) -> None:
    replace(folder / "hours.yml", "from: 08:30", "from: 8:30")
    assert load(folder, TODAY).hours.human[0].opens == "8:30"  # YAML 1.1 would make it 510


def test_windows_line_ends_and_a_byte_order_mark_do_no_harm(folder: Path) -> None:
    before = load(folder, TODAY).document("contract")
    for path in [folder / "broker.yml", folder / "documents" / "contract.md"]:
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert load(folder, TODAY).document("contract") == before


def test_a_document_comes_into_force_on_its_day(folder: Path) -> None:
    old = folder / "documents" / "contract.md"
    new = folder / "documents" / "contract_2027.md"
    text = old.read_text(encoding="utf-8").replace("version: 2026.1", "version: 2027.1\nid: contract")
    new.write_text(text.replace("effective_from: 2026-01-01", "effective_from: 2027-01-01"), encoding="utf-8")
    before, after = load(folder, date(2026, 12, 31)), load(folder, date(2027, 1, 1))
    assert [document(b, "contract").version for b in (before, after)] == ["2026.1", "2027.1"]
    assert before.version != after.version
    assert len(before.documents) == len(after.documents) == 6


def test_any_change_of_text_changes_the_digest_and_the_version(folder: Path) -> None:
    before = load(folder, TODAY)
    replace(folder / "documents" / "contract.md", "五张", "六张")
    after = load(folder, TODAY)
    assert document(before, "contract").sha256 != document(after, "contract").sha256
    assert before.version != after.version
    assert before.document("notice") == after.document("notice")


def test_check_tells_what_is_fine_and_what_is_not(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(folder.parent, TODAY, []) == 0
    assert capsys.readouterr().out.count("检查通过") == 3
    replace(folder / "broker.yml", "max_cards: 5", "max_cards: 很多")
    assert check(folder.parent, TODAY, ["0127", "0001"]) == 2
    told = capsys.readouterr().out
    assert "0127 有 1 处需要修改" in told
    assert "没有找到期货公司文件夹 0001" in told


def test_check_reminds_of_documents_that_wait_for_their_day(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (folder / "documents" / "notice.md").read_text(encoding="utf-8")
    text = text.replace("effective_from: 2026-01-01", "effective_from: 2027-06-01\nid: notice")
    (folder / "documents" / "notice_next.md").write_text(text, encoding="utf-8")
    assert check(folder.parent, TODAY, ["0127"]) == 0
    assert "notice_next.md 要到 2027-06-01 才生效" in capsys.readouterr().out
