"""A self-signed certificate, made on request: a microphone on another machine needs TLS."""

import os
from collections.abc import Sequence
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from app.errors import SettingError
from app.web_settings import CERTIFICATE_NAME, KEY_NAME

LIFETIME = timedelta(days=397)  # browsers take no longer ones (CA/Browser Forum ballot SC31)
CLOCK_SKEW = timedelta(hours=1)


def make_pair(folder: Path, hosts: Sequence[str], now: datetime) -> Path:
    """Write certificate and key for these hosts into a folder; gives the certificate's path.

    Raises:
        SettingError: there is one already, or the folder cannot be written.
    """
    path = folder / CERTIFICATE_NAME
    if path.exists():
        raise SettingError(f"{path} is there already: remove it first if it is to be made anew")
    key = ec.generate_private_key(ec.SECP256R1())
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / KEY_NAME).unlink(missing_ok=True)
        handle = os.open(folder / KEY_NAME, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(secret)
        path.write_bytes(_certificate(key, hosts, now).public_bytes(serialization.Encoding.PEM))
    except OSError as error:
        raise SettingError(f"cannot write to {folder} ({error.strerror}): set PACELINE_HOME") from None
    return path


def _certificate(key: ec.EllipticCurvePrivateKey, hosts: Sequence[str], now: datetime) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Paceline, self-signed")])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - CLOCK_SKEW)
        .not_valid_after(now + LIFETIME)
        .add_extension(x509.SubjectAlternativeName([_alternative(host) for host in hosts]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )


def _alternative(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)
