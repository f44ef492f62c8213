"""Signs clips and stills with certificates of its own making, offline, as cameras and desks do."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import c2pa
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from app.core.provenance.values import TrustList, TrustListKind

CAMERA = "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"
AI = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
_OFFLINE = {"remote_manifest_fetch": False, "ocsp_fetch": False, "verify_after_sign": False}


@dataclass(frozen=True)
class Authority:
    """A root of its own, and one signer who descends from it."""

    name: str
    root: bytes
    chain: bytes
    key: bytes

    @classmethod
    def new(cls, name: str, valid_for: dt.timedelta = dt.timedelta(days=365)) -> "Authority":
        root_key, signer_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        root_name = _subject(name, f"{name} root")
        root = _certificate(root_name, root_name, root_key, root_key)
        signer_name = _subject(name, f"{name} signer")
        until = dt.datetime.now(dt.UTC) + valid_for
        signer = _certificate(signer_name, root_name, signer_key, root_key, until=until)
        pems = [each.public_bytes(serialization.Encoding.PEM) for each in (signer, root)]
        key = signer_key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        return cls(name, pems[1], b"".join(pems), key)

    @property
    def signer(self) -> bytes:
        """The signer's own certificate."""
        return self.chain.removesuffix(self.root)

    def trust_list(self, kind: TrustListKind = TrustListKind.LOCAL) -> TrustList:
        return TrustList(f"list of {self.name}", kind, "0" * 64, self.root.decode())

    def sign(
        self,
        source: Path,
        target: Path,
        content_type: str,
        *,
        source_type: str = CAMERA,
        parent: Path | None = None,
        remote: str | None = None,
        stamped_at: str | None = None,
    ) -> Path:
        """Sign `source` as created, or as a new version of `parent`; with `remote` from elsewhere.

        `stamped_at` is the address of a time stamp authority.
        """
        builder = c2pa.Builder(_manifest(source_type, opened=parent is not None), _context())
        if parent is not None:
            builder.set_intent(c2pa.C2paBuilderIntent.EDIT)
            ingredient = {"title": parent.name, "relationship": "parentOf"}
            with parent.open("rb") as stream:
                builder.add_ingredient(ingredient, content_type, stream)
        if remote is not None:
            builder.set_no_embed()
            builder.set_remote_url(remote)
        info = c2pa.C2paSignerInfo(
            b"es256", self.chain, self.key, stamped_at.encode() if stamped_at else None
        )
        with source.open("rb") as read, target.open("w+b") as written:
            builder.sign(c2pa.Signer.from_info(info), content_type, read, written)
        return target


def flipped(source: Path, target: Path, at: int = -100) -> Path:
    """The same file with one bit changed."""
    data = bytearray(source.read_bytes())
    data[at] ^= 1
    target.write_bytes(data)
    return target


def _context() -> c2pa.Context:
    thumbnails = {"builder": {"thumbnail": {"enabled": False}}}
    return c2pa.Context.from_dict({"verify": _OFFLINE, **thumbnails})


def _manifest(source_type: str, *, opened: bool) -> dict[str, Any]:
    actions = [{"action": "c2pa.created", "digitalSourceType": source_type}]
    return {
        "claim_generator_info": [{"name": "test camera", "version": "1"}],
        "title": "signed",
        # The SDK itself adds that a parent was opened.
        "assertions": [] if opened else [{"label": "c2pa.actions", "data": {"actions": actions}}],
    }


def _subject(organisation: str, name: str) -> x509.Name:
    fields = (
        (NameOID.COUNTRY_NAME, "DE"),
        (NameOID.ORGANIZATION_NAME, organisation),
        (NameOID.COMMON_NAME, name),
    )
    return x509.Name([x509.NameAttribute(kind, value) for kind, value in fields])


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    issuer_key: ec.EllipticCurvePrivateKey,
    *,
    until: dt.datetime | None = None,
) -> x509.Certificate:
    """A signer's, valid `until` then; without that a root's."""
    is_authority = until is None
    now = dt.datetime.now(dt.UTC)
    may = dict.fromkeys(
        ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement"), False
    )
    usage = x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        encipher_only=False,
        decipher_only=False,
        **may,
    )
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(until or now + dt.timedelta(days=365))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()),
            critical=False,
        )
    )
    if not is_authority:
        uses = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
        made = made.add_extension(uses, critical=False)
    return made.sign(issuer_key, hashes.SHA256())
