"""Configuration: read from the environment, with embedded defaults that production refuses."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """One object for all processes; a name in upper case is its environment variable (``DATABASE_URL``)."""

    model_config = SettingsConfigDict(env_file=None, extra="ignore")

    environment: Literal["local", "production"] = "local"
    state_dir: Path = ROOT / ".local" / "state"
    brokers_dir: Path = ROOT / "brokers"
    ocr_models_dir: Path = ROOT / ".local" / "weights"

    database_url: str = ""
    redis_url: str = ""

    rasa_url: str = "http://127.0.0.1:5005"
    rasa_token: str = ""
    action_port: int = 5055
    gateway_host: str = "127.0.0.1"
    gateway_port: int = 8080
    console_host: str = "127.0.0.1"
    console_port: int = 8090

    # Ports of the core: "local" is the stand-in of the embedded run.
    sms: Literal["local", "http"] = "local"
    sms_url: str = ""
    sms_token: str = ""
    counter: Literal["local", "http"] = "local"
    counter_url: str = ""
    counter_token: str = ""
    objects: Literal["local", "s3"] = "local"
    s3_endpoint: str = ""
    s3_bucket: str = ""
    s3_access_key: str = ""
    s3_secret_key: str = ""
    ca: Literal["local", "http"] = "local"
    ca_url: str = ""
    ca_token: str = ""
    tsa: Literal["local", "http", "none"] = "local"
    tsa_url: str = ""
    trusted_roots: Path | None = None  # PEM: roots of the certificate and timestamp authorities

    # Base64 keys, comma separated, the newest first; the embedded run makes its own in state_dir/keys.
    encryption_keys: str = ""
    lookup_key: str = ""

    # Sites that may show the page in a frame ("https://www.example.com"), separated by blanks.
    embed_origins: str = ""

    login_idle_seconds: int = 30 * 60
    ocr_workers: int = 1
    ocr_timeout_seconds: float = 30.0

    @model_validator(mode="after")
    def embedded_places(self) -> Settings:
        """Fill the embedded defaults that depend on ``state_dir``."""
        if not self.database_url:
            self.database_url = f"sqlite+aiosqlite:///{self.state_dir / 'cases.db'}"
        if not self.redis_url:
            self.redis_url = f"unix://{self.state_dir / 'redis.sock'}"
        return self

    @field_validator("embed_origins")
    @classmethod
    def whole_origins(cls, text: str) -> str:
        """Each is a scheme, a host and at most a port: anything else would end up in a security header."""
        for origin in text.split():
            if not re.fullmatch(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?", origin):
                raise ValueError("EMBED_ORIGINS holds origins such as https://www.example.com")
        return text

    @property
    def embedders(self) -> tuple[str, ...]:
        """The sites that may show the page in a frame."""
        return tuple(self.embed_origins.split())

    @property
    def production(self) -> bool:
        """Whether this process serves real customers."""
        return self.environment == "production"


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()
