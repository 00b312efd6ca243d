"""Companies in force, versions kept, and edits while the service runs."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date

import pytest

from settlement.brokers import Brokers
from settlement.errors import CustomerError, OperatorError
from settlement.settings import Settings
from tests.unit.brokers.folders import document, replace, touch


def code_of(action: Callable[..., object], *arguments: str) -> CustomerError:
    with pytest.raises(CustomerError) as caught:
        action(*arguments)
    return caught.value


def test_a_company_is_got_by_its_code(config: Settings) -> None:
    brokers = Brokers(config)
    assert brokers.get("0127").name == "海岳测试期货有限公司"
    assert [broker.code for broker in brokers.all()] == ["0127", "0368", "0999"]


@pytest.mark.parametrize("code", ["0001", "127", "", "../0127", "common"])
def test_an_unknown_code_is_told(config: Settings, code: str) -> None:
    assert code_of(Brokers(config).get, code).code == "broker_unknown"


def test_a_disabled_company_is_told_with_its_name_and_hotline(config: Settings) -> None:
    error = code_of(Brokers(config).get, "0999")
    assert error.code == "broker_disabled"
    assert error.facts == {"broker": "松涛示例期货有限公司", "hotline": "400-000-0999"}


@pytest.mark.parametrize("text", ["海岳期货", "期货公司是海岳测试期货", "我在 海岳 测试期货有限公司 开的户"])
def test_a_company_is_found_by_its_names(config: Settings, text: str) -> None:
    found = Brokers(config).find(text)
    assert found is not None
    assert found.code == "0127"


@pytest.mark.parametrize("text", ["", "期货公司", "松涛期货", "海岳期货还是云岫期货"])
def test_no_name_a_disabled_one_or_two_find_nothing(config: Settings, text: str) -> None:
    assert Brokers(config).find(text) is None


def test_nothing_is_read_again_while_nothing_changes(config: Settings) -> None:
    brokers = Brokers(config)
    before = brokers.get("0127")
    assert not brokers.reload_if_changed()
    assert brokers.get("0127") is before


def test_an_edit_is_taken_up_and_the_version_before_stays(config: Settings) -> None:
    brokers = Brokers(config)
    before = brokers.get("0127")
    replace(config.brokers_dir / "0127" / "broker.yml", "max_cards: 5", "max_cards: 2")
    assert brokers.reload_if_changed()
    assert brokers.get("0127").max_cards == 2
    assert brokers.at_version("0127", before.version) == before


def test_a_version_outlives_a_restart(config: Settings) -> None:
    before = Brokers(config).get("0127")
    replace(config.brokers_dir / "0127" / "broker.yml", "max_cards: 5", "max_cards: 2")
    again = Brokers(config)
    assert again.get("0127").version != before.version
    assert again.at_version("0127", before.version) == before


@pytest.mark.parametrize("restarted", [False, True])
def test_a_published_agreement_cannot_change_under_its_version(config: Settings, restarted: bool) -> None:
    brokers = Brokers(config)
    before = brokers.get("0127")
    path = config.brokers_dir / "0127" / "documents" / "contract.md"
    replace(path, "五张", "六张")
    if restarted:
        brokers = Brokers(config)
    brokers.reload_if_changed()
    assert brokers.get("0127") == before
    assert "《期货结算账户变更合同书》的版本 2026.1" in brokers.problems["0127"]
    replace(path, "version: 2026.1", "version: 2026.2")
    assert brokers.reload_if_changed()
    assert brokers.problems == {}
    assert "六张" in document(brokers.get("0127"), "contract").body


def test_a_published_agreement_cannot_come_back_changed(config: Settings) -> None:
    brokers = Brokers(config)
    path = config.brokers_dir / "0127" / "documents" / "contract.md"
    replace(path, "version: 2026.1", "version: 2026.2")
    assert brokers.reload_if_changed()
    replace(path, "version: 2026.2", "version: 2026.1")
    replace(path, "五张", "六张")
    assert not brokers.reload_if_changed()
    assert document(brokers.get("0127"), "contract").version == "2026.2"


def test_an_edit_that_is_taken_back_is_the_old_version_again(config: Settings) -> None:
    brokers = Brokers(config)
    before = brokers.get("0127")
    path = config.brokers_dir / "0127" / "broker.yml"
    replace(path, "max_cards: 5", "max_cards: 2")
    brokers.reload_if_changed()
    replace(path, "max_cards: 2", "max_cards: 5")
    brokers.reload_if_changed()
    assert brokers.get("0127") == before


def test_a_file_that_was_only_touched_changes_nothing(config: Settings) -> None:
    brokers = Brokers(config)
    before = brokers.get("0127").version
    touch(config.brokers_dir / "0127" / "broker.yml")
    assert not brokers.reload_if_changed()
    assert brokers.get("0127").version == before


def test_an_edit_of_what_all_share_changes_every_company(config: Settings) -> None:
    brokers = Brokers(config)
    before = {broker.code: broker.version for broker in brokers.all()}
    replace(config.brokers_dir / "common" / "status.yml", "D_BANK: 待银期绑定", "D_BANK: 待填银行卡")
    brokers.reload_if_changed()
    assert all(broker.version != before[broker.code] for broker in brokers.all())


def test_a_broken_edit_keeps_the_last_good_version_and_is_told(config: Settings) -> None:
    brokers = Brokers(config)
    before = brokers.get("0127")
    path = config.brokers_dir / "0127" / "broker.yml"
    replace(path, "max_cards: 5", "max_cards: 很多")
    assert not brokers.reload_if_changed()
    assert brokers.get("0127") is before
    assert "卡数上限" in brokers.problems["0127"]
    replace(path, "max_cards: 很多", "max_cards: 4")
    assert brokers.reload_if_changed()
    assert brokers.problems == {}


def test_a_restart_over_a_broken_edit_goes_on_with_the_last_good_version(config: Settings) -> None:
    before = Brokers(config).get("0127")
    replace(config.brokers_dir / "0127" / "broker.yml", "max_cards: 5", "max_cards: 很多")
    assert Brokers(config).get("0127") == before


def test_a_broken_company_does_not_stop_the_others(config: Settings) -> None:
    (config.brokers_dir / "0368" / "banks.yml").unlink()
    brokers = Brokers(config)
    assert brokers.get("0127")
    assert code_of(brokers.get, "0368").code == "broker_unknown"
    assert "banks.yml" in brokers.problems["0368"]


def test_without_any_company_the_service_does_not_start(config: Settings) -> None:
    for code in ("0127", "0368", "0999"):
        shutil.rmtree(config.brokers_dir / code)
    with pytest.raises(OperatorError):
        Brokers(config)


def test_a_company_may_come_and_go_while_the_service_runs(config: Settings) -> None:
    brokers = Brokers(config)
    version = brokers.get("0368").version
    shutil.move(config.brokers_dir / "0368", config.brokers_dir / "gone")
    assert brokers.reload_if_changed()
    assert code_of(brokers.get, "0368").code == "broker_unknown"
    assert brokers.at_version("0368", version).code == "0368"
    shutil.move(config.brokers_dir / "gone", config.brokers_dir / "0368")
    assert brokers.reload_if_changed()
    assert brokers.get("0368").version == version


@pytest.mark.parametrize("version", ["000000000000", "../../0127", "", "current"])
def test_a_version_that_never_was_is_told(config: Settings, version: str) -> None:
    assert code_of(Brokers(config).at_version, "0127", version).code == "broker_unknown"


def test_a_case_of_a_company_that_was_disabled_since_ends_under_its_version(config: Settings) -> None:
    brokers = Brokers(config)
    version = brokers.get("0127").version
    replace(config.brokers_dir / "0127" / "broker.yml", "status: enabled", "status: disabled")
    brokers.reload_if_changed()
    assert code_of(brokers.get, "0127").code == "broker_disabled"
    assert brokers.at_version("0127", version).status == "enabled"


def test_a_new_day_brings_its_documents_without_an_edit(config: Settings) -> None:
    documents = config.brokers_dir / "0127" / "documents"
    text = (
        (documents / "notice.md")
        .read_text(encoding="utf-8")
        .replace("version: 2026.1", "version: 2027.1\nid: notice")
    )
    (documents / "notice_next.md").write_text(text.replace("2026-01-01", "2027-01-01"), encoding="utf-8")
    day = [date(2026, 12, 31)]
    brokers = Brokers(config, today=lambda: day[0])
    assert document(brokers.get("0127"), "notice").version == "2026.1"
    day[0] = date(2027, 1, 1)
    assert brokers.reload_if_changed()
    assert document(brokers.get("0127"), "notice").version == "2027.1"
