"""The certificate for loopback: kept, renewed in time, and never readable for others."""

import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from devstack.servicebus.admin.certificates import LIFETIME, RENEWAL, certificate_files

NOW = datetime(2030, 1, 1, tzinfo=UTC)


def verify(folder: Path, name: str, now: datetime) -> None:
    """Check the chain as a TLS client does; VerificationError when it does not hold."""
    files = certificate_files(folder, now=now)
    authority = x509.load_pem_x509_certificate(files.authority.read_bytes())
    leaf, *_ = x509.load_pem_x509_certificates(files.server.read_bytes())
    policy = PolicyBuilder().store(Store([authority])).time(now)
    policy.build_server_verifier(x509.DNSName(name)).verify(leaf, [])


def test_certificate_is_good_for_localhost_and_for_no_other_name(tmp_path: Path) -> None:
    verify(tmp_path, "localhost", NOW)
    with pytest.raises(VerificationError):
        verify(tmp_path, "example.com", NOW)


def test_certificate_is_kept_until_it_is_about_to_end(tmp_path: Path) -> None:
    first = certificate_files(tmp_path, now=NOW).server.read_bytes()
    almost = NOW + LIFETIME - RENEWAL
    assert certificate_files(tmp_path, now=almost - timedelta(minutes=1)).server.read_bytes() == first
    assert certificate_files(tmp_path, now=almost).server.read_bytes() != first
    verify(tmp_path, "localhost", almost)


@pytest.mark.parametrize("damage", [b"", b"garbage", None])
def test_damaged_or_absent_files_are_made_anew(tmp_path: Path, damage: bytes | None) -> None:
    for file in certificate_files(tmp_path, now=NOW):
        if damage is None:
            file.unlink()
        else:
            file.write_bytes(damage)
        verify(tmp_path, "localhost", NOW)


def test_private_key_is_for_its_owner_alone(tmp_path: Path) -> None:
    files = certificate_files(tmp_path, now=NOW)
    assert stat.S_IMODE(files.server.stat().st_mode) == 0o600
    files.server.chmod(0o644)
    certificate_files(tmp_path, now=NOW)
    assert stat.S_IMODE(files.server.stat().st_mode) == 0o600
    assert b"PRIVATE KEY" not in files.authority.read_bytes()


def test_two_that_start_at_once_share_one_certificate(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(lambda _: certificate_files(tmp_path, now=NOW).server.read_bytes(), range(4)))
    assert len(set(made)) == 1
    verify(tmp_path, "localhost", NOW)
