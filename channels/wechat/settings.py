"""How an Official Account is configured: variables that begin with ``WECHAT_``, and ``PUBLIC_URL``."""

from __future__ import annotations

from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from settlement.errors import OperatorError


class WechatSettings(BaseSettings):
    """Without ``WECHAT_APPID`` there is no WeChat channel. credentials.yml explains each in Chinese."""

    model_config = SettingsConfigDict(env_prefix="WECHAT_", env_file=None, extra="ignore")

    appid: str = ""
    secret: str = Field(default="", repr=False)
    token: str = Field(default="", repr=False)
    aes_key: str = Field(default="", repr=False)
    mode: Literal["safe", "plain"] = "safe"
    template: str = ""
    subscription: str = ""
    api: str = "https://api.weixin.qq.com"
    oauth: str = "https://open.weixin.qq.com"
    public_url: str = Field(default="", validation_alias="PUBLIC_URL")

    @property
    def configured(self) -> bool:
        """Whether there is an account at all."""
        return bool(self.appid)

    def check(self, *, production: bool) -> None:
        """Raises ``OperatorError`` for what cannot work, and for what production must not have."""
        for name in ("secret", "token", "public_url"):
            if not getattr(self, name):
                variable = "PUBLIC_URL" if name == "public_url" else f"WECHAT_{name.upper()}"
                raise OperatorError(f"WECHAT_APPID is set, but {variable} is not")
        if self.mode == "safe" and not self.aes_key:
            raise OperatorError("WECHAT_MODE=safe needs WECHAT_AES_KEY")
        if not production:
            return
        if self.mode != "safe":
            raise OperatorError("WECHAT_MODE=plain is for trying out and refuses ENVIRONMENT=production")
        addresses = {"WECHAT_API": self.api, "WECHAT_OAUTH": self.oauth, "PUBLIC_URL": self.public_url}
        for name, address in addresses.items():
            if not address.startswith("https://"):
                raise OperatorError(f"{name} must begin with https:// in production")
