"""Everything the environment decides, typed and frozen. Read by `bootstrap`, the CLI and migrations only."""

import os
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, FilePath, PositiveInt, SecretStr
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from app.access import Role, of_a_person

# What listens at every address is called at the machine itself.
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104


def _found(model: Path) -> Path:
    # Without it all would be fingerprinted anew, and be found by hashes alone.
    if model == Path(os.devnull) or model.is_file():
        return model
    raise ValueError(f"there is no such file ({os.devnull} does without a model)")


type Model = Annotated[Path, AfterValidator(_found)] | None
type Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
type Days = PositiveInt | Literal["keep"]
type RoleOfAPerson = Annotated[Role, AfterValidator(of_a_person)]
type Network = IPv4Network | IPv6Network


def _split(value: object) -> object:
    return value.replace(",", " ").split() if isinstance(value, str) else value


def _pairs(value: object) -> object:
    if not isinstance(value, str):
        return value
    return [
        [part.strip() for part in each.rpartition("=")[::2]]
        for each in value.split(",")
        if each.strip()
    ]


class Settings(BaseSettings):
    """Names in the environment are `PROVENANCE_<NAME>`, except `DATABASE_URL`."""

    # What is set to nothing, as files of settings leave it, is not set.
    model_config = SettingsConfigDict(
        env_prefix="PROVENANCE_", env_ignore_empty=True, frozen=True, populate_by_name=True
    )

    data_dir: Path = Field(Path("data"), description="Files and the embedded database.")
    database_url: str = Field(
        "",
        validation_alias="DATABASE_URL",
        pattern=r"^((postgresql(\+psycopg)?|sqlite)://.*)?$",
        description="`postgresql+psycopg://…`; empty means SQLite in the data folder.",
    )
    host: str = Field("127.0.0.1", description="Address that the API listens on.")
    port: int = Field(8000, ge=1, le=65_535, description="Port that the API listens on.")
    upload_max_bytes: PositiveInt = Field(20 * 1024**3, description="Largest upload accepted.")
    upload_reserve_bytes: int = Field(
        512 * 1024**2, ge=0, description="Free disk space below which uploads are refused."
    )
    upload_part_days: Positive = Field(3.0, description="Days that an unfinished upload waits.")
    upload_open_max: PositiveInt = Field(
        64, description="Unfinished uploads that one key may have at a time."
    )
    decode_wall_s: PositiveInt = Field(3600, description="Seconds one decoder may run.")
    decode_cpu_s: PositiveInt = Field(7200, description="CPU seconds one decoder may use.")
    decode_memory_bytes: PositiveInt = Field(2 * 1024**3, description="Memory one decoder may use.")
    media_max_duration_ms: PositiveInt = Field(21_600_000, description="Longest media accepted.")
    media_max_pixels: PositiveInt = Field(16_384**2, description="Most pixels in one picture.")
    job_processes: PositiveInt = Field(2, description="Items processed at once by one worker.")
    heartbeat_timeout_s: Positive = Field(10.0, description="Silence that makes a worker dead.")
    sscd_model: Model = Field(None, description="Another ONNX file for known frames.")
    sscd_view_model: Model = Field(None, description="Another ONNX file for query views.")
    frame_index: Literal["turbo", "faiss"] = Field("turbo", description="What searches frames.")
    webhook_allow_private: bool = Field(
        False, description="Let webhooks go to private and loopback addresses and over plain http."
    )
    webhook_allow_networks: Annotated[tuple[Network, ...], NoDecode, BeforeValidator(_split)] = (
        Field((), description="Private networks that webhooks may go to, such as `10.1.0.0/16`.")
    )
    webhook_timeout_s: Positive = Field(15.0, description="Seconds a receiver has to answer.")
    delivery_log_days: Days = Field(30, description="How long what was delivered stays listed.")
    public_url: str = Field(
        "",
        pattern=r"^(https?://[^\s/?#]+(/[^\s?#]*)?)?$",
        description="Where the public reaches the desk; empty means its own address.",
    )
    desk_name: str = Field("Verification desk", description="Who publishes reviews.")
    four_eyes: bool = Field(
        True, description="Whether a verdict takes another editor; `false` for a one-person desk."
    )
    signing_key: Path | None = Field(
        None, description="The desk's Ed25519 key; made in the data folder unless this names one."
    )
    checkpoint_dir: Path | None = Field(
        None, description="Where checkpoints of the audit chain go, if not in the data folder."
    )
    checkpoint_entries: PositiveInt = Field(
        1000, description="New audit entries after which a checkpoint is made; daily in any case."
    )
    tsa_url: str = Field("", description="An RFC 3161 authority that time-stamps checkpoints.")
    tsa_roots: FilePath | None = Field(
        None, description="Root certificates (PEM) that its time stamps are checked against."
    )
    tsa_allow_private: bool = Field(
        False, description="Let the time-stamping authority be on a private or loopback address."
    )
    fixity_days: Positive = Field(30.0, description="Days within which each file is read again.")
    fixity_bytes_a_second: PositiveInt = Field(20 * 1024**2, description="How fast it is read.")
    retention_unused_ugc_days: Days = Field(90, description="Kept so long if nobody took it up.")
    retention_used_days: Days = Field("keep", description="What people worked on.")
    retention_void_days: Days = Field(7, description="What was no case.")
    retention_known_archive_days: Days = Field("keep", description="What is in a collection.")
    retention_automatic: Literal["none", "void", "all"] = Field(
        "void", description="Which classes the desk purges by itself when they are due."
    )
    retention_every_s: Positive = Field(3600.0, description="Pause between looks for what is due.")
    purge_list: Path | None = Field(
        None, description="File that every purge is noted in; best on another disk than the data."
    )
    import_folders: str = Field(
        "", description="Folders that imports may read, separated by colons; empty allows none."
    )
    oidc_issuer: str = Field("", description="An OpenID Connect provider that people sign in by.")
    oidc_client_id: str = Field("", description="What the desk is called there.")
    oidc_client_secret: SecretStr = Field(SecretStr(""), description="Its secret there.")
    oidc_name: str = Field("single sign-on", description="What the sign-in page calls it.")
    oidc_role_claim: str = Field("groups", description="The claim that holds people's groups.")
    oidc_roles: Annotated[
        tuple[tuple[str, RoleOfAPerson], ...], NoDecode, BeforeValidator(_pairs)
    ] = Field((), description="Groups and their roles, such as `desk-editors=editor, *=viewer`.")
    log_json: bool = Field(False, description="Logs as JSON lines instead of coloured text.")

    @property
    def resolved_database_url(self) -> str:
        """The URL in use: the given one, or SQLite in the data folder."""
        return self.database_url or f"sqlite:///{self.embedded_database}"

    @property
    def embedded_database(self) -> Path:
        """Where the database is unless a URL names another."""
        return self.data_dir.absolute() / "provenance.db"

    @property
    def webhook_private(self) -> bool | tuple[Network, ...]:
        """The private addresses that webhooks may go to: all, none, or those in some networks."""
        return self.webhook_allow_private or self.webhook_allow_networks

    @property
    def resolved_public_url(self) -> str:
        """Where public reviews are, without a slash at the end."""
        host = _EVERYWHERE.get(self.host, self.host)
        own = f"[{host}]" if ":" in host else host
        return self.public_url.rstrip("/") or f"http://{own}:{self.port}"

    @property
    def import_roots(self) -> tuple[Path, ...]:
        """The folders that imports may read."""
        return tuple(Path(each).absolute() for each in self.import_folders.split(":") if each)

    @property
    def blobs_dir(self) -> Path:
        """Where files are kept."""
        return self.data_dir.absolute() / "blobs"

    @property
    def signing_key_file(self) -> Path:
        """Where the desk's own key is."""
        return self.signing_key or self.data_dir.absolute() / "signing-key.pem"

    @property
    def checkpoints_dir(self) -> Path:
        """Where the audit chain's checkpoints are."""
        return self.checkpoint_dir or self.data_dir.absolute() / "checkpoints"

    @property
    def index_dir(self) -> Path:
        """Where the index of known material keeps its files, a cache of the database's rows."""
        return self.data_dir.absolute() / "index"

    @property
    def uploads_index_dir(self) -> Path:
        """Where the index of uploads keeps its files, a cache as well."""
        return self.data_dir.absolute() / "index-uploads"

    @property
    def purge_list_path(self) -> Path:
        """The list of purges in use: the given file, or one in the data folder."""
        return self.purge_list or self.data_dir.absolute() / "purges.jsonl"

    @property
    def run_dir(self) -> Path:
        """What running processes of this machine share: socket, lock, work folders."""
        return self.data_dir.absolute() / "run"
