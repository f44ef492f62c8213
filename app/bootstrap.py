"""From settings to parts: the only place that chooses implementations."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.blobs.checkpoints import CheckpointFolder
from app.blobs.local import LocalBlobs
from app.blobs.purge_list import PurgeList
from app.db import Database
from app.jobs import JobQueue
from app.schemas.privacy_enums import RetentionClass
from app.services.oidc import IdentityProvider, OidcClient
from app.services.refused_uploads import RefusedUploads
from app.services.retention import RetentionPolicy
from app.services.sealing import Sealer
from app.services.shredding import Shredder
from app.services.sign_in_limits import SignInLimits
from app.services.verifying import Trusted
from app.settings import Settings

if TYPE_CHECKING:
    from app.services.stamping import Authority


@dataclass(frozen=True)
class Parts:
    """What the doors are given."""

    settings: Settings
    database: Database
    blobs: LocalBlobs
    jobs: JobQueue
    sealer: Sealer
    trusted: Trusted
    purge_list: PurgeList
    retention: RetentionPolicy
    refused_uploads: RefusedUploads
    sign_in_limits: SignInLimits
    identity_provider: IdentityProvider | None

    @property
    def shredder(self) -> Shredder:
        """What carries purges out."""
        return Shredder(self.database, self.blobs, self.purge_list)


def bootstrap(settings: Settings) -> Parts:
    """Build the parts; the database must have been migrated."""
    make_folders(settings)
    url = settings.resolved_database_url
    database = Database(url)
    return Parts(
        settings=settings,
        database=database,
        blobs=LocalBlobs(settings.blobs_dir, reserve_bytes=settings.upload_reserve_bytes),
        jobs=JobQueue(url),
        sealer=sealer_of(settings, database),
        trusted=trusted_of(settings),
        purge_list=PurgeList(settings.purge_list_path),
        retention=retention_policy(settings),
        refused_uploads=RefusedUploads(database),
        sign_in_limits=SignInLimits(),
        identity_provider=provider_of(settings),
    )


def retention_policy(settings: Settings) -> RetentionPolicy:
    """For how long each class of items is kept, and what is purged when that is over."""
    days = {
        RetentionClass.UNUSED_UGC: settings.retention_unused_ugc_days,
        RetentionClass.USED: settings.retention_used_days,
        RetentionClass.VOID: settings.retention_void_days,
        RetentionClass.KNOWN_ARCHIVE: settings.retention_known_archive_days,
    }
    automatic = {
        "none": frozenset[RetentionClass](),
        "void": frozenset({RetentionClass.VOID}),
        "all": frozenset(RetentionClass),
    }
    return RetentionPolicy(
        days={name: given for name, given in days.items() if given != "keep"},
        automatic=automatic[settings.retention_automatic],
    )


def sealer_of(settings: Settings, database: Database) -> Sealer:
    """What seals the audit chain."""
    return Sealer(
        database,
        CheckpointFolder(settings.checkpoints_dir),
        settings.signing_key_file,
        timestamps=bool(settings.tsa_url),
    )


def trusted_of(settings: Settings) -> Trusted:
    """By what the audit chain's seals are checked."""
    return Trusted(
        CheckpointFolder(settings.checkpoints_dir), settings.signing_key_file, _roots(settings)
    )


def authority_of(settings: Settings) -> "Authority | None":
    """Who time-stamps checkpoints, if anybody."""
    if not settings.tsa_url:
        return None
    # The web process asks nobody, and need not carry the format of time stamps.
    from app.services.stamping import Authority  # noqa: PLC0415

    return Authority(settings.tsa_url, _roots(settings), settings.tsa_allow_private)


def provider_of(settings: Settings) -> IdentityProvider | None:
    """By whom people may sign in besides their passwords, if by anybody."""
    if not settings.oidc_issuer:
        return None
    return IdentityProvider(
        OidcClient(
            issuer=settings.oidc_issuer,
            client_id=settings.oidc_client_id,
            client_secret=settings.oidc_client_secret.get_secret_value(),
            name=settings.oidc_name,
            role_claim=settings.oidc_role_claim,
            roles=settings.oidc_roles,
        )
    )


def make_folders(settings: Settings) -> None:
    """Make the data folder and its `run`, for their owner alone; one that is there stays as it is."""
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    settings.run_dir.mkdir(mode=0o700, exist_ok=True)


def _roots(settings: Settings) -> bytes | None:
    return settings.tsa_roots.read_bytes() if settings.tsa_roots else None
