"""A certificate for loopback that clients can be told to trust, kept until it is about to end.

The authority's key is thrown away once it has signed: whoever trusts `ca.pem` trusts this one key and no
certificate that anybody could still make.
"""

import fcntl
import ipaddress
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LIFETIME = timedelta(days=365)
RENEWAL = timedelta(days=30)  # a certificate with less left is replaced
_SKEW = timedelta(days=1)  # clocks of containers and virtual machines may be behind
_PRIVATE, _PUBLIC = 0o600, 0o644


class CertificateFiles(NamedTuple):
    """`authority` is what clients trust; `server` holds the private key and the chain."""

    authority: Path
    server: Path


def certificate_files(folder: Path, *, now: datetime) -> CertificateFiles:
    """The files in that folder, made anew when they are absent, damaged or about to end.

    Raises OSError when the folder cannot be made or written.
    """
    files = CertificateFiles(folder / "ca.pem", folder / "localhost.pem")
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder):
        authority = _authority_of(files.server, now)
        if authority is None:
            authority, bundle = _make(now)
            _write(files.server, bundle, _PRIVATE)
        files.server.chmod(_PRIVATE)
        if not files.authority.exists() or files.authority.read_bytes() != authority:
            _write(files.authority, authority, _PUBLIC)
    return files


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Two emulators that start at once would otherwise mix their files."""
    with (folder / "lock").open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _authority_of(server: Path, now: datetime) -> bytes | None:
    """The authority behind a usable server file, or None."""
    try:
        bundle = server.read_bytes()
        key = serialization.load_pem_private_key(bundle, password=None)
        leaf, authority = x509.load_pem_x509_certificates(bundle)
        leaf.verify_directly_issued_by(authority)
    except (OSError, ValueError, TypeError, InvalidSignature):
        return None
    is_young = leaf.not_valid_before_utc <= now < leaf.not_valid_after_utc - RENEWAL
    return _pem(authority) if is_young and key.public_key() == leaf.public_key() else None


def _make(now: datetime) -> tuple[bytes, bytes]:
    """An authority in PEM, and the key and chain of a server that it vouches for."""
    signer, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Local Service Bus emulator")])
    authority = _authority(name, signer, now)
    leaf = _leaf(name, signer, key.public_key(), now)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return _pem(authority), private + _pem(leaf) + _pem(authority)


def _authority(name: x509.Name, signer: ec.EllipticCurvePrivateKey, now: datetime) -> x509.Certificate:
    limits = x509.NameConstraints(permitted_subtrees=_names(hosts="/32"), excluded_subtrees=None)
    key_id = x509.SubjectKeyIdentifier.from_public_key(signer.public_key())
    return (
        _builder(name, signer.public_key(), now)
        .issuer_name(name)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(key_usage(is_authority=True), critical=True)
        .add_extension(limits, critical=True)
        .add_extension(key_id, critical=False)
        .sign(signer, hashes.SHA256())
    )


def _leaf(
    issuer: x509.Name,
    signer: ec.EllipticCurvePrivateKey,
    key: ec.EllipticCurvePublicKey,
    now: datetime,
) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    issuer_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())
    return (
        _builder(name, key, now)
        .issuer_name(issuer)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(key_usage(is_authority=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(_names(hosts="")), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(issuer_key, critical=False)
        .sign(signer, hashes.SHA256())
    )


def _builder(name: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _SKEW)
        .not_valid_after(now + LIFETIME)
    )


def _names(*, hosts: str) -> list[x509.GeneralName]:
    """The names of this machine to itself; name constraints hold networks where a leaf holds addresses."""
    address = ipaddress.ip_network(f"127.0.0.1{hosts}") if hosts else ipaddress.ip_address("127.0.0.1")
    return [x509.DNSName("localhost"), x509.IPAddress(address)]


def key_usage(*, is_authority: bool) -> x509.KeyUsage:
    """To sign certificates, or to sign what a server says."""
    return x509.KeyUsage(
        digital_signature=not is_authority,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _write(path: Path, content: bytes, mode: int) -> None:
    """Replace a file as a whole; it is never readable for more people than in the end."""
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as draft:
        draft.write(content)
    Path(draft.name).chmod(mode)
    Path(draft.name).replace(path)
