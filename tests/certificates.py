"""A certificate authority for one run of the tests, and a server's certificate that it vouches for."""

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from devstack.servicebus.admin.certificates import key_usage


@dataclass(frozen=True, slots=True)
class Certificates:
    """`authority` is what clients trust; `server` holds a private key and its certificate."""

    authority: Path
    server: Path


def certificates(folder: Path, *addresses: str) -> Certificates:
    """For localhost and these addresses, good for a day."""
    signer, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Authority of a test run")])
    names: list[x509.GeneralName] = [x509.DNSName("localhost")]
    names += [x509.IPAddress(ipaddress.ip_address(address)) for address in addresses]
    ca_key_id = x509.SubjectKeyIdentifier.from_public_key(signer.public_key())
    ca = (
        _builder(name, signer.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(ca_key_id, critical=False)
        .add_extension(key_usage(is_authority=True), critical=True)
    )
    authority_id = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(ca_key_id)
    leaf = (
        _builder(x509.Name([]), key.public_key(), issuer=name)
        .add_extension(x509.SubjectAlternativeName(names), critical=True)
        .add_extension(authority_id, critical=False)
        .add_extension(key_usage(is_authority=False), critical=True)
    )
    made = Certificates(folder / "authority.pem", folder / "server.pem")
    made.authority.write_bytes(_pem(ca.sign(signer, hashes.SHA256())))
    made.server.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + _pem(leaf.sign(signer, hashes.SHA256()))
    )
    return made


def _builder(
    name: x509.Name, key: ec.EllipticCurvePublicKey, *, issuer: x509.Name | None = None
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer or name)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
    )


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)
