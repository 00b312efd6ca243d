"""How WeCom customer service is configured: variables that begin with ``WECOM_``, and ``PUBLIC_URL``."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from settlement.errors import OperatorError


class WecomSettings(BaseSettings):
    """Without ``WECOM_CORPID`` there is no WeCom channel. credentials.yml explains each in Chinese."""

    model_config = SettingsConfigDict(env_prefix="WECOM_", env_file=None, extra="ignore")

    corpid: str = ""
    secret: str = Field(default="", repr=False)
    token: str = Field(default="", repr=False)
    aes_key: str = Field(default="", repr=False)
    api: str = "https://qyapi.weixin.qq.com"
    public_url: str = Field(default="", validation_alias="PUBLIC_URL")

    @property
    def configured(self) -> bool:
        """Whether there is an account at all."""
        return bool(self.corpid)

    def check(self, *, production: bool) -> None:
        """Raises ``OperatorError`` for what cannot work, and for what production must not have."""
        for name in ("secret", "token", "aes_key", "public_url"):
            if not getattr(self, name):
                variable = "PUBLIC_URL" if name == "public_url" else f"WECOM_{name.upper()}"
                raise OperatorError(f"WECOM_CORPID is set, but {variable} is not")
        for name, address in {"WECOM_API": self.api, "PUBLIC_URL": self.public_url}.items():
            if production and not address.startswith("https://"):
                raise OperatorError(f"{name} must begin with https:// in production")
