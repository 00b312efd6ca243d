"""FAQ variables: derived from the company's own configuration, so that an answer cannot contradict it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from settlement.brokers.parts import variables_in
from settlement.brokers.windows import Window

if TYPE_CHECKING:
    from settlement.brokers.schema import Broker

NEEDED = (
    "broker_name", "supported_banks", "hotline", "max_cards", "service_hours", "off_hours_policy",
    "fee_policy", "processing_time", "effective_time", "yinqi_sign_hours", "transfer_hours", "account_types",
    "default_account_type", "max_photo_mb", "draft_retention", "agreement_list", "human_hours",
    "complaint_hotline", "complaint_sla",
)  # fmt: skip
# Wordings (brokers/common/phrases.yml) and the facts each may use.
PHRASES = {
    "max_cards": {"number"},
    "max_cards_one_per_bank": {"number"},
    "draft_retention": {"days"},
    "off_hours_refuse": {"service_hours", "hotline"},
    "off_hours_queue": {"service_hours", "hotline"},
}


def windows_text(windows: Iterable[Window]) -> str:
    """``交易日 8:30–17:00、周六 9:00–12:00``."""
    return "、".join(f"{window.days} {window.opens}–{window.closes}" for window in windows)


def of(broker: Broker) -> dict[str, str]:
    """Every variable with its value; ``texts.yml`` has the last word."""
    service_hours = windows_text(broker.hours.acceptance)
    phrase = broker.phrases
    number = str(broker.max_cards)
    derived = {
        "broker_name": broker.name,
        "supported_banks": "、".join(bank.name for bank in broker.enabled_banks),
        "hotline": broker.hotline,
        "complaint_hotline": broker.complaint_hotline,
        "max_cards": phrase[f"max_cards{'_one_per_bank' if broker.one_card_per_bank else ''}"].format(
            number=number
        ),
        "service_hours": service_hours,
        "off_hours_policy": phrase[f"off_hours_{broker.off_hours}"].format(
            service_hours=service_hours, hotline=broker.hotline
        ),
        "account_types": "、".join(kind.name for kind in broker.account_types),
        "default_account_type": broker.default_account_type.name,
        "max_photo_mb": str(broker.photos.max_megabytes),
        "draft_retention": phrase["draft_retention"].format(days=broker.draft_days),
        "agreement_list": "、".join(f"《{document.title}》" for document in broker.documents_of("agreement")),
        "human_hours": windows_text(broker.hours.human or broker.hours.acceptance),
    }
    return {**derived, **broker.texts.variables}


def problem(broker: Broker) -> tuple[str, str, dict[str, Any]] | None:
    """The first trainers' error about wordings and variables, or ``None``."""
    for name, facts in PHRASES.items():
        if name not in broker.phrases:
            return "phrase_missing", "phrase_missing", {"value": name}
        if unknown := variables_in(broker.phrases[name]) - facts:
            return (
                "phrase_variable",
                "phrase_variable",
                {"value": name, "unknown": "、".join(sorted(unknown))},
            )
    values = of(broker)
    for name in NEEDED:
        if name not in values:
            return "variable_missing", "variable_missing", {"value": name}
    if unknown := set(broker.texts.variables) - set(NEEDED):
        return "variable_unknown", "variable_unknown", {"value": "、".join(sorted(unknown))}
    return None
