"""Keys, by their fingerprints: what is kept of them, and where they come from."""

import stat
from collections.abc import Iterator

from django.conf import settings
from django.db import DatabaseError

from facepass.core.keys import key_ring
from facepass.core.keys.configured_secrets import secret_source
from facepass.core.keys.sources import SecretUnavailable
from facepass.ops import key_rotation
from facepass.ops.checks import is_local
from facepass.ops.doctor.finding import Finding, error, ok, warning
from recognition.models import ModelVersion
from recognition.protected_templates import template_key_id


def examine_keys() -> Iterator[Finding]:
    """Compare TEMPLATE_KEY with what protects the stored faces, and look for keys that the ring lacks."""
    try:
        yield _judge_template_key(ModelVersion.objects.active())
        yield _judge_ring()
    except SecretUnavailable as problem:
        yield error("data keys", str(problem))
    except DatabaseError:
        return  # the database's own line says so, or the schema's
    yield from _judge_folder()


def _judge_template_key(active: ModelVersion | None) -> Finding:
    present = template_key_id()
    if active is not None and active.key_differs:
        text = f"fingerprint {present}, and {active.template_key_id} protects the stored faces: put that key back"
        return error("template key", f"{text}, or run generate_descriptors")
    return ok("template key", f"fingerprint {present}{'' if active else ', no face described yet'}")


def _judge_ring() -> Finding:
    ring = key_ring.current_ring()
    if missing := key_rotation.count_missing_keys():
        text = ", ".join(f"{name} ({number} values)" for name, number in sorted(missing.items()))
        return error("data keys", f"not in the ring: {text}; put them back behind the others of DATA_KEYS")
    return ok("data keys", f"{len(ring.keys)} in the ring, {ring.newest.id.hex()} writes")


def _judge_folder() -> Iterator[Finding]:
    """Look where secrets are that no variable gives: who may read them, and whether they lie with the data."""
    own = [name for name in ("secret_key", "template_key") if not secret_source(settings.ENV, name).is_set]
    folder = settings.ENV.secrets_folder or settings.HOME / "secrets"
    if not own or not folder.exists():
        return
    if stat.S_IMODE(folder.stat().st_mode) & 0o077:
        yield warning("secrets", f"{folder} can be opened by others: chmod 700 {folder}")
    elif folder.is_relative_to(settings.HOME) and not is_local(settings.PUBLIC_URL):
        yield warning("secrets", f"{folder} goes with every copy of FACEPASS_HOME: set SECRETS_FOLDER")
    else:
        yield ok("secrets", str(folder))
