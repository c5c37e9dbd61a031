"""Settings: from the environment (`POLDER_…`) or a `.env` file, checked at start. docs/settings.md lists them."""

from functools import lru_cache
from pathlib import Path
from typing import Literal, Self

from pydantic import EmailStr, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from models.enums import Language, SignatureKind


class Settings(BaseSettings):
    """Everything that differs between a laptop and a cluster.

    Attributes:
        state: one folder that holds the embedded engine: databases, outbox, keys.
        database_url: SQLite in the state folder when empty; else `postgresql+asyncpg://…`.
        temporal_address: of a server that runs elsewhere; empty means the embedded one. A Temporal profile
            (`temporal_profile`, TEMPORAL_CONFIG_FILE, TEMPORAL_* variables) brings TLS and API keys.
        temporal_port, temporal_ui_port: of the embedded server.
        time_skipping: lets `polder play` give one covenant a clock of its own. Only on the embedded server.
        smtp_host: empty means mail is put in the outbox folder.
        code_secret: makes the one-time codes; made once in the state folder when empty.
        signatures: where the signatures on a sealed text come from: the seal alone, a certificate per party of this
            installation's own authority, or a trust service.
        seal_key, seal_password: the key of the seal, as a PKCS#12 file or on a token (a PKCS#11 URI); made once in the
            state folder when empty.
        trusted: PEM of authorities whose certificates are trusted on a PDF, and of seals of before.
        tsa_url: a timestamp authority (RFC 3161).
        csc_url, csc_token: a trust service with the API of the Cloud Signature Consortium, and the token for it.
        csc_credentials: the credential there of each signatory's address, and of `seal`.
        csc_pins: the PIN of each credential that has one.
        site: whether `polder up` serves the pages too.
        site_host, site_port: where the pages listen.
        site_proxies: addresses and networks of proxies that say, in `X-Forwarded-For`, who really calls.
        base_url: how people reach the pages, for links in mail; http://localhost:SITE_PORT when empty.
        facilitators, operators: addresses that may launch covenants, and that watch all of them.
        demo: a page lets anyone become a person of a covenant. Only for trying out.
        oidc_issuer, oidc_client_id, oidc_client_secret: sign-in by OpenID Connect; off when empty.
        session_hours: how long a browser stays signed in.
        webhooks_local: whether webhooks may go to plain http and private addresses. The demo lets them anyway.
        assets: the folder with what npm installed for the pages.
    """

    model_config = SettingsConfigDict(env_prefix="POLDER_", env_file=".env", extra="ignore")

    state: Path = Path("state")
    language: Language = Field(default=Language.EN, validation_alias="POLDER_LANG")
    database_url: str = ""
    temporal_address: str = ""
    temporal_namespace: str = "default"
    temporal_profile: str = ""
    temporal_port: int = Field(default=7233, ge=1, le=65535)
    temporal_ui_port: int = Field(default=8233, ge=1, le=65535)
    temporal_ui: bool = True
    time_skipping: bool = True
    task_queue: str = "covenants"
    smtp_host: str = ""
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_tls: Literal["none", "starttls", "tls"] = "starttls"
    mail_from: str = "polder@example.org"
    code_secret: SecretStr = SecretStr("")
    signatures: SignatureKind = SignatureKind.PLATFORM
    seal_key: str = ""
    seal_password: SecretStr = SecretStr("")
    trusted: str = ""
    tsa_url: str = ""
    csc_url: str = ""
    csc_token: SecretStr = SecretStr("")
    csc_credentials: dict[str, str] = Field(default_factory=dict, max_length=2000)
    csc_pins: dict[str, SecretStr] = Field(default_factory=dict, max_length=2000)
    site: bool = True
    site_host: str = "127.0.0.1"
    site_proxies: str = "127.0.0.1,::1"
    site_port: int = Field(default=8080, ge=1, le=65535)
    base_url: str = ""
    facilitators: list[EmailStr] = Field(default_factory=list, max_length=200)
    operators: list[EmailStr] = Field(default_factory=list, max_length=200)
    demo: bool = False
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr = SecretStr("")
    oidc_name: str = "OpenID Connect"
    session_hours: int = Field(default=24 * 14, ge=1, le=24 * 90)
    webhooks_local: bool = False
    assets: Path = Path(__file__).parents[1] / "node_modules"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "WARNING"

    @model_validator(mode="after")
    def _known_database(self) -> Self:
        if self.database_url and not self.database_url.startswith(("sqlite+aiosqlite:///", "postgresql+asyncpg://")):
            msg = "POLDER_DATABASE_URL starts with sqlite+aiosqlite:/// or postgresql+asyncpg://"
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _whole_trust_service(self) -> Self:
        if self.signatures is SignatureKind.CSC and not (self.csc_url and self.csc_credentials and self.trusted):
            msg = "POLDER_SIGNATURES=csc needs POLDER_CSC_URL, POLDER_CSC_CREDENTIALS and POLDER_TRUSTED"
            raise ValueError(msg)
        return self

    @property
    def database(self) -> str:
        """The database to use."""
        return self.database_url or f"sqlite+aiosqlite:///{(self.state / 'polder.db').absolute()}"

    @property
    def public_url(self) -> str:
        """How people reach the pages, without a slash at the end."""
        return (self.base_url or f"http://localhost:{self.site_port}").rstrip("/")

    @property
    def local_webhooks(self) -> bool:
        """Whether webhooks may go to plain http and private addresses."""
        return self.webhooks_local or self.demo

    @property
    def mail_links(self) -> str:
        """What the links in mails begin with; empty when there are no pages, and mails name the command instead."""
        return self.public_url if self.site or self.base_url else ""

    @property
    def embedded_address(self) -> str:
        """Where the embedded Temporal server listens."""
        return f"127.0.0.1:{self.temporal_port}"

    @property
    def outbox(self) -> Path:
        """Where mail goes when no SMTP server is set."""
        return self.state / "outbox"


@lru_cache
def settings() -> Settings:
    """Read the settings once."""
    return Settings()
