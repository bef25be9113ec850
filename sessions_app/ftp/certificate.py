"""The certificate by which connections are encrypted."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings
from OpenSSL import SSL


def load_tls() -> SSL.Context:
    """Return the settings of TLS, of at least version 1.2. A renewed certificate is read again."""
    certificate = Path(settings.FTP_CERTIFICATE or "")
    key = Path(settings.FTP_CERTIFICATE_KEY or certificate)
    return _read(certificate, key, certificate.stat().st_mtime_ns, key.stat().st_mtime_ns)


@lru_cache(maxsize=2)
def _read(certificate: Path, key: Path, *_changed_at: int) -> SSL.Context:
    context = SSL.Context(SSL.TLS_SERVER_METHOD)
    context.set_min_proto_version(SSL.TLS1_2_VERSION)
    context.use_certificate_chain_file(str(certificate))
    context.use_privatekey_file(str(key))
    context.check_privatekey()
    return context
