"""One of every card, and of every state that looks different: what the page's tests draw and look at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from settlement.cards import (
    BankCardsCard,
    BankListCard,
    BrokerCard,
    CaptchaCard,
    CaseRow,
    ChecklistCard,
    ConsentGist,
    DeviceCheckCard,
    DocumentCard,
    FieldsCard,
    InputCard,
    MyBusinessCard,
    PhotoCard,
    ProgressCard,
    ResultCard,
    ShownField,
    SummaryCard,
)

Choices = dict[str, str]


@dataclass(frozen=True)
class Sample:
    """A card, with the buttons that come with it: title → payload."""

    card: Any
    buttons: Choices = field(default_factory=dict)


def choice(name: str, item: str | None = None) -> str:
    """The payload of a choice."""
    return f'/choose{{"choice": "{name}"' + (f', "item": "{item}"' if item else "") + "}"


def _field(name: str, label: str, value: str, *, editable: bool = True, doubtful: bool = False) -> ShownField:
    return ShownField(name=name, label=label, value=value, editable=editable, doubtful=doubtful)


def case_row(
    case_no: str,
    state: str,
    status: str,
    remark: str = "",
    *,
    current: bool = False,
    signed: str | None = None,
) -> CaseRow:
    return CaseRow(
        case_no=case_no, business="修改结算账户", state=state, status=status, remark=remark,
        opened="2026-11-20 09:31", updated="2026-11-23 10:02", can_operate=True, can_abandon=True,
        current=current, signed=signed,
    )  # fmt: skip


GIST = ConsentGist(what="身份证正反面与签名的影像", why="核对身份，办理本次变更", how_long="业务办结后二十年")


def document(name: str = "consent", *, agreed: bool = False) -> DocumentCard:
    """A document as a card."""
    return DocumentCard(
        document=name, title="敏感个人信息处理单独同意书（身份证与签名影像）", document_version="2026.1",
        sha256="a" * 64, seconds=10, agreed=agreed, kind="privacy", consent=GIST,
    )  # fmt: skip


BANKS = [
    {"code": code, "name": name}
    for code, name in {
        "ICBC": "工商银行", "ABC": "农业银行", "BOC": "中国银行", "CCB": "建设银行", "BCM": "交通银行",
        "CMB": "招商银行", "CITIC": "中信银行", "SPDB": "浦发银行", "CMBC": "民生银行", "PSBC": "邮储银行",
    }.items()
]  # fmt: skip
CARDS = [
    {"seq": "1", "bank": "建设银行", "tail": "1003", "branch": "南昌分行营业部", "action": "新增"},
    {"seq": "2", "bank": "中国邮政储蓄银行", "tail": "8820", "branch": "上海徐汇支行", "action": "替换"},
]
IDENTITY = [
    _field("name", "姓名", "郑宇振"),
    _field("id_number", "身份证号", "31010419820823505X"),
    _field("sex", "性别", "男"),
    _field("nation", "民族", "汉"),
    _field("birth", "出生日期", "1982-08-23"),
    _field("address", "住址", "上海市徐汇区长江路307号13栋5单元904室", doubtful=True),
    _field("authority", "签发机关", "上海市公安局徐汇分局"),
    _field("valid_from", "有效期起", "2012-03-04"),
    _field("valid_until", "有效期止", "", doubtful=True),
]
BANK_CARD = [
    _field("card_number", "卡号", "6217001234567890123", doubtful=True),
    _field("bank", "开户行", "建设银行"),
    _field("branch", "开户网点", "南昌分行营业部"),
    _field("card_type", "卡种", "借记卡（储蓄卡）", editable=False),
    _field("holder", "户名", "郑*振", editable=False),
]
AGREEMENTS = ChecklistCard(documents=[document(f"agreement{n}", agreed=True) for n in range(3)])
CASE = "JS-ABCD-EFGH"

SAMPLES: dict[str, Sample] = {
    "选公司": Sample(PhotoCard(kind="qr"), {"海岳期货 0127": choice("broker", "0127")}),
    "确认公司": Sample(
        BrokerCard(code="0127", name="海岳测试期货有限公司"),
        {"对，下一步": choice("yes"), "不对，换一家": choice("other")},
    ),
    "检测": Sample(DeviceCheckCard(minimum={"android": "4.0"})),
    "身份证号": Sample(InputCard(field="id_number", format="id_number")),
    "图形码": Sample(CaptchaCard(captcha="0" * 22), {"换一张": choice("refresh")}),
    "短信码": Sample(
        InputCard(field="sms_code", format="code", again_after=60), {"没收到，重新发送": choice("resend")}
    ),
    "卡号": Sample(InputCard(field="card_number", format="card_number")),
    "网点": Sample(InputCard(field="branch")),
    "身份证照片": Sample(PhotoCard(kind="id_front")),
    "反面照片": Sample(PhotoCard(kind="id_back")),
    "签名照片": Sample(
        PhotoCard(kind="signature", received={"id_front": "x" * 22}), {"保留已上传的照片": choice("keep")}
    ),
    "银行卡照片": Sample(PhotoCard(kind="bank_card"), {"手动填写": choice("manual")}),
    "核对身份": Sample(
        FieldsCard(fields=IDENTITY), {"正确，下一步": choice("yes"), "重拍正面": choice("retake_front")}
    ),
    "核对银行卡": Sample(
        FieldsCard(fields=BANK_CARD),
        {
            "正确，新增这张卡": choice("add"),
            "卡号不对": choice("change_number"),
            "换一张卡／重拍": choice("retake"),
            "正确，替换已登记的工商银行（尾号1234）": choice("replace", "1"),
        },
    ),
    "文件": Sample(
        document(), {"我已阅读并同意《同意书》": choice("agree", "consent"), "不同意": choice("disagree")}
    ),
    "勾选": Sample(AGREEMENTS, {"☑ 我已阅读以上所有协议规则内容": choice("tick")}),
    "签署": Sample(AGREEMENTS, {"签署协议": choice("sign")}),
    "确认签署": Sample(AGREEMENTS, {"确认签署": choice("sign_confirmed"), "再看看": choice("not_yet")}),
    "银行": Sample(BankListCard(banks=BANKS)),
    "选银行": Sample(BankListCard(banks=BANKS), {b["name"]: choice("bank", b["code"]) for b in BANKS}),
    "银行卡": Sample(
        BankCardsCard(cards=CARDS),
        {
            "下一步：签署协议": choice("next"),
            "再加一张": choice("another"),
            "删除建设银行（尾号1003）": choice("remove", "1"),
        },
    ),
    "汇总": Sample(
        SummaryCard(
            fields=[_field("name", "姓名", "郑*振"), _field("case_no", "受理单号", CASE)],
            cards=CARDS, documents=["客户须知", "期货经纪合同书", "风险说明书"],
        ),
        {"确定": choice("submit")},
    ),
    "业务": Sample(
        MyBusinessCard(
            pending=[case_row(CASE, "d_photo", "待补充资料", "C24 卡号与卡面不一致，请核对", current=True)],
            completed=[
                case_row("JS-ABCD-XXXX", "done", "办理成功", signed="p" * 22),
                case_row("JS-ABCD-YYYY", "abandoned", "已放弃"),
            ],
        ),
        {"操作": choice("operate", CASE), "放弃": choice("ask_abandon", CASE)},
    ),
    "没有业务": Sample(MyBusinessCard(pending=[], completed=[]), {"办理修改结算账户": choice("start")}),
    "进度": Sample(
        ProgressCard(
            steps=[
                {"name": "login", "title": "身份证登录", "state": "done"},
                {"name": "photos", "title": "上传照片与责任书", "state": "now"},
                {"name": "bank", "title": "银期绑定", "state": "later"},
            ]
        )
    ),
    "已提交": Sample(ResultCard(case_no=CASE, outcome="submitted")),
    "成功": Sample(ResultCard(case_no=CASE, outcome="done", fund_account="80012345")),
    "未通过": Sample(ResultCard(case_no=CASE, outcome="rejected", remark="C24 卡号与卡面不一致")),
}  # fmt: skip
