"""Whose certificates a trust list holds."""

from cryptography import x509

from app.core.errors import CoreError


class UselessTrustList(CoreError):
    """A text that could never make a signer trusted; `signers` are the certificates at fault."""

    def __init__(self, message: str, signers: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.signers = signers


def authorities(pem: str) -> list[str]:
    """The subjects of the certificates in a PEM text, all of which must be authorities'."""
    try:
        found = x509.load_pem_x509_certificates(pem.encode())
    except ValueError as error:
        detail = "This is no list of certificates in PEM: '-----BEGIN CERTIFICATE-----' and so on."
        raise UselessTrustList(detail) from error
    ends = tuple(each.subject.rfc4514_string() for each in found if not _is_authority(each))
    if ends:
        # The SDK looks up what a signer descends from; its list of signers has no effect (0.38.1).
        detail = (
            "A trust list holds certificates of authorities; those of signers themselves have no "
            "effect. Leave out the ones that `certificates` names."
        )
        raise UselessTrustList(detail, ends)
    return [each.subject.rfc4514_string() for each in found]


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        limits = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
    except (x509.ExtensionNotFound, ValueError):
        return bool(certificate.issuer == certificate.subject)
    return limits.value.ca
