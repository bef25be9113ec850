"""The FTP server for cameras; without a port there is none."""

from facepass.settings.base import ENV

FTP_PORT = ENV.ftp_port
FTP_HOST = str(ENV.ftp_host)
FTP_CERTIFICATE, FTP_CERTIFICATE_KEY = ENV.ftp_certificate, ENV.ftp_certificate_key
# Closed networks: from there cameras may come without encryption.
FTP_PLAIN_NETWORKS = ENV.ftp_plain_networks
_first, _last = (int(port) for port in ENV.ftp_passive_ports.split("-"))
FTP_PASSIVE_PORTS = range(_first, _last + 1)
# What cameras are told to connect to; empty for the address that they have reached.
FTP_PUBLIC_ADDRESS = str(ENV.ftp_public_address or "")
