"""The companies that the project ships: complete, and different where companies differ."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
import yaml

from settlement.brokers import Broker, variables
from settlement.brokers.folder import load
from settlement.brokers.schema import SMS_FACTS, STATES
from settlement.settings import ROOT

# product/messages.md §7.2
CODES = [
    1,
    2,
    3,
    4,
    5,
    6,
    11,
    12,
    21,
    22,
    23,
    24,
    25,
    26,
    27,
    28,
    29,
    31,
    32,
    41,
    42,
    43,
    44,
    45,
    51,
    52,
    53,
    54,
    55,
    99,
]


@pytest.fixture(params=["queueing", "refusing"])
def broker(request: pytest.FixtureRequest) -> Broker:
    found: Broker = request.getfixturevalue(request.param)
    return found


def test_the_code_keeps_its_leading_zero(queueing: Broker) -> None:
    assert (queueing.code, queueing.short_name) == ("0127", "海岳期货")


def test_the_two_companies_differ_where_companies_differ(queueing: Broker, refusing: Broker) -> None:
    assert queueing.hours.acceptance != refusing.hours.acceptance
    for name in ("banks", "needs_witness", "off_hours", "one_card_per_bank", "account_types"):
        assert getattr(queueing, name) != getattr(refusing, name), name
    ours, theirs = ({document.body for document in b.documents} for b in (queueing, refusing))
    assert not ours & theirs


def test_every_document_of_the_manual_and_two_consents_are_there(broker: Broker) -> None:
    at = {step: [d.kind for d in broker.documents_of(step)] for step in ("photo", "bank", "agreement")}
    assert at == {
        "photo": ["privacy", "certificate_letter"],
        "bank": ["privacy"],
        "agreement": ["notice", "contract", "risk"],
    }


def test_documents_are_of_a_serious_length(broker: Broker) -> None:
    for document in broker.documents:
        paragraphs = re.findall(r"^\d+\. ", document.body, re.M)
        least, most = (15, 40) if document.kind == "contract" else (8, 25)
        assert least <= len(paragraphs) <= most, document.id
        numbers = [int(paragraph[:-2]) for paragraph in paragraphs]
        assert numbers == list(range(1, len(numbers) + 1)), document.id
        assert "虚构公司" in document.body
        assert "{" not in document.body


def test_every_variable_of_the_faq_is_filled(broker: Broker) -> None:
    values = broker.variables
    assert set(variables.NEEDED) <= set(values)
    assert all(value.strip() and "{" not in value for value in values.values())


def test_derived_variables_follow_the_configuration(queueing: Broker, refusing: Broker) -> None:
    assert queueing.variables["default_account_type"] == "自然人"
    assert "邮储银行" not in queueing.variables["supported_banks"]  # listed, and not enabled
    assert (
        refusing.variables["supported_banks"]
        == "工商银行、农业银行、中国银行、建设银行、交通银行、民生银行、浦发银行、兴业银行"
    )
    assert refusing.variables["max_cards"] == "最多3张，每家银行一张"
    assert refusing.variables["service_hours"] == "交易日 08:30–17:00"
    assert "交易日 08:30–17:00" in refusing.variables["off_hours_policy"]
    assert refusing.variables["draft_retention"] == "15天"
    assert (
        refusing.variables["agreement_list"]
        == "《客户须知》、《结算账户登记与变更协议》、《变更结算账户风险说明》"
    )


def test_every_state_has_the_label_of_the_customers_side(broker: Broker) -> None:
    assert set(STATES) <= set(broker.status_labels)
    assert broker.status_labels["W_REJECTED"] == "视频见证未通过"


def test_every_reason_is_there_with_two_voices_and_a_step(broker: Broker) -> None:
    assert sorted(broker.reject_reasons) == [f"C{code:02}" for code in CODES]
    for code, reason in broker.reject_reasons.items():
        assert reason.code == code
        assert reason.customer != reason.staff
        assert reason.retry or reason.step_hint in {"none", "photo"}, code
    assert broker.reject_reasons["C24"].step_hint == "bank"
    assert broker.reject_reasons["C31"].step_hint == "agreement"
    assert broker.reject_reasons["C01"].step_hint == "photo"


@pytest.mark.parametrize("name", sorted(SMS_FACTS))
def test_every_sms_can_be_written_and_is_signed(broker: Broker, name: str) -> None:
    text = broker.sms(name, code="482913", case_no="S20261123001", account="80012345")
    assert text.startswith(f"【{broker.short_name}】")
    assert "{" not in text
    assert "http" not in text


def test_the_login_sms_holds_the_code_and_warns(queueing: Broker) -> None:
    text = queueing.sms("login_code", code="482913")
    assert "482913" in text
    assert "5分钟" in text


def test_an_sms_without_its_fact_is_an_error_and_not_a_gap(queueing: Broker) -> None:
    with pytest.raises(KeyError):
        queueing.sms("login_code")


def test_card_rules_take_only_enabled_banks(queueing: Broker) -> None:
    assert "ICBC" in queueing.card_rules.banks
    assert "PSBC" not in queueing.card_rules.banks
    assert {bank.code for bank in queueing.banks} - queueing.card_rules.banks == {"PSBC"}


def test_an_institution_is_sent_to_a_branch(queueing: Broker) -> None:
    kind = queueing.account_type("一般单位")
    assert kind is not None
    assert (kind.client_type, kind.offline) == ("institution", True)
    assert queueing.account_type("没有这种") is None


def test_a_document_is_found_by_its_id(queueing: Broker) -> None:
    contract = queueing.document("contract")
    assert contract is not None
    assert re.fullmatch(r"[0-9a-f]{64}", contract.sha256)
    assert queueing.document("nothing") is None


def test_a_company_survives_the_way_through_json(broker: Broker) -> None:
    assert Broker.model_validate_json(broker.model_dump_json(), by_name=True) == broker


def test_a_disabled_company_needs_no_documents() -> None:
    assert load(ROOT / "brokers" / "0999", date(2026, 11, 23)).status == "disabled"


def test_every_error_type_of_the_models_has_a_sentence() -> None:
    said = yaml.safe_load((ROOT / "brokers/common/messages.yml").read_text(encoding="utf-8"))["errors"]
    source = "".join(
        path.read_text(encoding="utf-8") for path in Path(ROOT / "settlement/brokers").glob("*.py")
    )
    raised = set(re.findall(r'PydanticCustomError\(\s*"(\w+)"', source)) | set(
        re.findall(r'return "(\w+)", "\1"', source)
    )
    assert len(raised) > 15
    assert raised <= set(said)


def test_the_variables_of_the_faq_are_the_ones_that_are_filled() -> None:
    answers = [path.read_text(encoding="utf-8") for path in (ROOT / "data/faq").glob("*.yml")]
    used = {name for text in answers for name in re.findall(r"{(\w+)}", text)}
    assert used == set(variables.NEEDED)
