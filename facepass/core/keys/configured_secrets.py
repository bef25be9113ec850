"""Keys: from the environment, a file or a command, else from files that FacePass makes for itself."""

import sys
from pathlib import Path

from facepass.core.keys.sources import SecretSource, SecretUnavailable
from facepass.core.secrets import SecretLeftBehind, load_or_create_secret
from facepass.env import Environment

TEMPLATE_KEY_PATTERN = r"[0-9a-fA-F]{64}"
# Such keys, with commas, spaces or lines between them.
KEYS_PATTERN = rf"{TEMPLATE_KEY_PATTERN}([,\s]+{TEMPLATE_KEY_PATTERN})*"
PATTERNS = {"secret_key": r".{32,}", "template_key": TEMPLATE_KEY_PATTERN}


def find_secret(env: Environment, name: str) -> str:
    """Return SECRET_KEY or TEMPLATE_KEY, made at first use where nothing gives it. Exit with one line."""
    source = secret_source(env, name)
    try:
        if source.is_set and (given := source.read(pattern=PATTERNS[name])):
            return given
        return load_or_create_secret(env.facepass_home, name, hex_bytes=32, folder=env.secrets_folder)
    except (SecretUnavailable, SecretLeftBehind) as error:
        sys.stderr.write(f"FacePass cannot start: {error}\n")
        raise SystemExit(2) from None


def secret_source(env: Environment, name: str) -> SecretSource:
    """Return where the environment says that a secret comes from."""
    variables = (getattr(env, f"{name}{suffix}") for suffix in ("", "_file", "_command"))
    return SecretSource(name.upper(), *variables)


def data_key_source(env: Environment) -> SecretSource:
    """Return where the ring's keys come from: where nothing is said, a file beside other secrets, if there is one."""
    source = secret_source(env, "data_keys")
    return source if source.is_set else SecretSource(source.name, file=own_data_keys(env), may_be_missing=True)


def own_data_keys(env: Environment) -> Path:
    """Return the file of the ring that FacePass keeps itself."""
    return (env.secrets_folder or env.facepass_home / "secrets") / "data_keys"
