"""The desk's own key: an Ed25519 key in a file, which signs checkpoints and custody exports.

Its users import this where they use it: `cryptography` costs every web process eight megabytes.
"""

import hashlib
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

ID_CHARS = 32


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key, and the public one as others need it."""

    id: str
    public_pem: bytes
    private: Ed25519PrivateKey

    def sign(self, data: bytes) -> bytes:
        """The 64 bytes that only this key makes of `data`."""
        return self.private.sign(data)


def load(path: Path) -> SigningKey | None:
    """The key in a file; None when there is no such file."""
    try:
        pem = path.read_bytes()
    except FileNotFoundError:
        return None
    private = load_pem_private_key(pem, password=None)
    if not isinstance(private, Ed25519PrivateKey):
        raise TypeError(f"{path} holds no Ed25519 key.")
    public = private.public_key()
    return SigningKey(_id(public), _pem(public), private)


def load_or_make(path: Path) -> SigningKey:
    """The key in a file, made at first (mode 0600); two that start together get the same one."""
    key = load(path)
    if key is not None:
        return key
    path.parent.mkdir(parents=True, exist_ok=True)
    made = Ed25519PrivateKey.generate()
    pem = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".signing-key-")  # mode 0600
    with os.fdopen(handle, "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        os.link(name, path)
    Path(name).unlink()
    return load_or_make(path)


def is_signed(public_pem: bytes, key_id: str, data: bytes, signature: bytes) -> bool:
    """Whether the key of this id, whose public half is given, signed `data`."""
    try:
        public = load_pem_public_key(public_pem)
        if not isinstance(public, Ed25519PublicKey) or _id(public) != key_id:
            return False
        if _pem(public) != public_pem:  # what a reader skips may have been altered, too
            return False
        public.verify(signature, data)
    except (ValueError, InvalidSignature):
        return False
    return True


def is_signed_by(public_pem: bytes, data: bytes | memoryview, signature: bytes) -> bool:
    """Whether the key whose public half is given signed `data`."""
    key_id = public_id(public_pem)
    public = load_pem_public_key(public_pem) if key_id else None
    try:
        if isinstance(public, Ed25519PublicKey):
            public.verify(signature, data)
            return True
    except InvalidSignature:
        pass
    return False


def public_id(public_pem: bytes) -> str | None:
    """The id of an Ed25519 key by its public half; None of anything else."""
    try:
        public = load_pem_public_key(public_pem)
    except (ValueError, UnsupportedAlgorithm):
        return None
    return _id(public) if isinstance(public, Ed25519PublicKey) else None


def _pem(public: Ed25519PublicKey) -> bytes:
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _id(public: Ed25519PublicKey) -> str:
    der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(der).hexdigest()[:ID_CHARS]
