"""A certificate authority that lives as long as one run of the suite."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from functools import cached_property
from ipaddress import ip_address
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["HOST", "LOOK_UP_HOST", "Authority"]

HOST = "lp.example.test"
LOOK_UP_HOST = "api.liveperson.net"
_NAMES = ("localhost", HOST, LOOK_UP_HOST)


class Authority:
    """Signs certificates.

    Args:
        folder: where the files are written.
    """

    def __init__(self, folder: Path) -> None:
        """Make a key; certificates are made when they are needed."""
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "throw-away authority")])
        own = self._certificate(self._name, self._key.public_key(), is_authority=True)
        self.file = folder / "authority.pem"
        self.file.write_bytes(own.public_bytes(Encoding.PEM))

    def _certificate(
        self,
        subject: x509.Name,
        key: ec.EllipticCurvePublicKey,
        *,
        is_authority: bool = False,
        names: tuple[str, ...] = (),
        ended: bool = False,
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=9))
            .not_valid_after(now + timedelta(days=-1 if ended else 9))
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        )
        if names:
            alternatives: list[x509.GeneralName] = [x509.DNSName(name) for name in names]
            alternatives.append(x509.IPAddress(ip_address("127.0.0.1")))
            builder = builder.add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        return builder.sign(self._key, hashes.SHA256())

    def context(self, *, names: tuple[str, ...] = _NAMES, ended: bool = False, signed: bool = True) -> ssl.SSLContext:
        """Make what a server needs to talk TLS.

        Args:
            names: the host names of the certificate.
            ended: whether it is no longer valid.
            signed: whether clients that trust this authority trust it.
        """
        signer = self if signed else Authority(self._sub_folder)
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
        certificate = signer._certificate(subject, key.public_key(), names=names, ended=ended)
        file = self._folder / f"{names[0]}-{ended}-{signed}.pem"
        file.write_bytes(
            certificate.public_bytes(Encoding.PEM)
            + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    @property
    def _sub_folder(self) -> Path:
        folder = self._folder / "other"
        folder.mkdir(exist_ok=True)
        return folder

    @cached_property
    def good(self) -> ssl.SSLContext:
        """The certificates of a healthy server."""
        return self.context()

    @cached_property
    def ended(self) -> ssl.SSLContext:
        """A certificate that ended yesterday."""
        return self.context(ended=True)

    @cached_property
    def other_host(self) -> ssl.SSLContext:
        """A certificate of another host."""
        return self.context(names=("other.example.test",))

    @cached_property
    def unknown(self) -> ssl.SSLContext:
        """A certificate by an authority that nobody trusts."""
        return self.context(signed=False)

    @cached_property
    def wants_certificate(self) -> ssl.SSLContext:
        """A server that wants to see a certificate of the client, and says so after the handshake (TLS 1.3)."""
        context = self.context()
        context.load_verify_locations(self.file)
        context.verify_mode = ssl.CERT_REQUIRED
        return context

    @cached_property
    def old(self) -> ssl.SSLContext:
        """A server that knows no TLS that is still in use."""
        context = self.context()
        context.set_ciphers("ALL:@SECLEVEL=0")
        with_warning = context
        import warnings

        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            with_warning.minimum_version = ssl.TLSVersion.TLSv1
            with_warning.maximum_version = ssl.TLSVersion.TLSv1_1
        return context
