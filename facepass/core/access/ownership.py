"""Whose each operation is: the one table that says it for the API, guests' pages, the admin and the commands.

An operation of the installation changes, or shows, what concerns every studio: who does it must hold the scope
`installation`, or be a superuser. The edges read it from here (`HasScope`, `InstallationMiddleware`), beside what they
check themselves, and a test fails for an operation that the table does not name.
"""

import re
from enum import StrEnum


class Owner(StrEnum):
    """Whose the rows are that an operation reads or changes."""

    INSTALLATION = "installation"
    STUDIO = "studio"
    EVENT = "event"
    GUEST = "guest"
    ANYBODY = "anybody"


# Methods and paths of the API as in the URL conf, with `{}` for each parameter.
API: dict[Owner, str] = {
    Owner.ANYBODY: """
        POST /api/v1/auth/token/
        POST /api/v1/auth/refresh/
        POST /api/v1/auth/logout/
        GET /openapi.json
        GET /docs/
        GET /redoc/
    """,
    Owner.INSTALLATION: """
        POST /generate-descriptors/
        POST /rebuild-index/
    """,
    Owner.STUDIO: """
        GET /api/v1/admin/users/
        GET /api/v1/admin/stats/
        GET POST /api/v1/admin/keys/
        GET /api/v1/admin/keys/{}/
        POST /api/v1/admin/keys/{}/revoke/
        POST /api/v1/admin/keys/{}/rotate/
        POST /api/v1/faces/search/
        POST /api/v1/faces/upload/
        GET /api/v1/faces/user/{}/
        GET /api/v1/tasks/
        GET DELETE /api/v1/tasks/{}/
        POST /api/v1/tasks/{}/cancel/
        GET /api/v1/enrolments/
        GET DELETE /api/v1/enrolments/{}/
        POST /api/v1/liveness/challenges/
        POST /api/v1/liveness/
        POST /api/v1/verify/
        POST /api/v1/compare/
        GET POST /api/v1/reference/
        GET DELETE /api/v1/reference/{}/
        GET POST /api/v1/people/
        POST /api/v1/people/bulk/
        POST /api/v1/people/bulk-delete/
        POST /api/v1/people/{}/merge/
        GET PATCH DELETE /api/v1/people/{}/
        GET /api/v1/people/{}/export/
        GET POST /api/v1/users/
        GET PATCH DELETE /api/v1/users/{}/
        GET /api/v1/trash/
        GET DELETE /api/v1/trash/{}/
        POST /api/v1/trash/{}/restore/
        GET POST /api/v1/webhooks/
        GET PATCH DELETE /api/v1/webhooks/{}/
        GET /api/v1/webhooks/{}/deliveries/
        POST /api/v1/webhooks/{}/rotate-secret/
        POST /api/v1/webhooks/{}/test/
        GET /api/v1/webhooks/deliveries/{}/
        POST /api/v1/webhooks/deliveries/{}/replay/
        GET PATCH /api/v1/privacy/
        GET PUT /api/v2/config/
        GET /api/v2/config/history/
        POST /api/v2/recognize/batch/
        POST /api/v2/train/prepare/
        POST /api/v2/train/execute/
        GET /api/v2/train/history/
        GET /api/v2/train/status/{}/
        GET /api/v2/train/{}/changes/
        POST /api/v2/train/{}/activate/
        POST /api/v2/train/{}/roll-back/
        POST /api/v2/train/{}/apply/
        POST /detect-faces/
        POST /recognize-face/
        POST /batch-recognize/
        POST /regenerate-unknown-descriptors/
    """,
    Owner.EVENT: """
        GET POST /api/v1/sessions/
        GET PATCH DELETE /api/v1/sessions/{}/
        GET /api/v1/sessions/{}/facepass-status/
        GET /api/v1/sessions/{}/analytics/
        GET PUT /api/v1/sessions/{}/config/
        GET PATCH /api/v1/sessions/{}/privacy/
        DELETE /api/v1/guests/{}/
        GET /api/v1/guests/{}/export/
        GET /api/v1/sessions/validate/{}/
        POST /api/v1/sessions/validate/
        POST /api/v1/faces/search-session/
        GET POST /api/v1/galleries/
        GET PATCH DELETE /api/v1/galleries/{}/
        GET POST /api/v1/galleries/{}/images/
        GET /api/v1/galleries/{}/progress/
        GET /api/v1/images/
        GET DELETE /api/v1/images/{}/
        GET /api/v1/images/{}/faces/
        POST /api/v1/images/bulk-delete/
        GET PATCH DELETE /api/v1/faces/{}/
        POST /api/v1/faces/{}/move/
        POST /api/v1/faces/bulk-delete/
        GET /api/v1/groups/
        GET /api/v1/groups/suggestions/
        GET /api/v1/groups/{}/
        GET /api/v1/groups/{}/faces/
        POST /api/v1/groups/{}/name/
        POST /api/v1/groups/{}/keep-apart/
        POST /api/v1/groups/{}/merge/
        POST /api/v1/groups/{}/reject/
        POST /api/v1/groups/{}/split/
        GET /api/v1/decisions/
        GET /api/v1/decisions/{}/
        POST /api/v1/decisions/{}/undo/
        POST /cluster-unknown-faces/
        POST /reject-face-cluster/
    """,
}
# Pages and files that are no views of the API, by how their paths begin; the longest beginning counts.
PAGES: dict[str, Owner] = {
    "/": Owner.ANYBODY,
    "/s/": Owner.GUEST,
    "/e/": Owner.GUEST,
    "/screen/": Owner.GUEST,
    "/found/": Owner.GUEST,
    "/shared/": Owner.GUEST,
    "/my/": Owner.GUEST,
    "/news/": Owner.GUEST,
    "/forgotten/": Owner.GUEST,
    "/hidden/": Owner.GUEST,
    "/photos-of/": Owner.GUEST,
    "/api/v1/sessions/{}/interface/": Owner.GUEST,
    "/photos/": Owner.EVENT,
    "/static/": Owner.ANYBODY,
    "/health/": Owner.ANYBODY,
    "/health/detailed/": Owner.INSTALLATION,
    "/metrics/": Owner.INSTALLATION,
    "/oauth/": Owner.ANYBODY,
}
# The admin's addresses, by how their names begin; the longest beginning counts.
ADMIN: dict[str, Owner] = {
    **dict.fromkeys(("index", "login", "logout", "jsi18n", "app_list", "view_on_site"), Owner.ANYBODY),
    **dict.fromkeys(("advanced", "now", "search", "autocomplete"), Owner.ANYBODY),
    **dict.fromkeys(("password_", "auth_user_password_change", "account"), Owner.ANYBODY),
    "account_people": Owner.STUDIO,
    "django_q_": Owner.INSTALLATION,
    "recognition_": Owner.INSTALLATION,
    "facepass_user_": Owner.INSTALLATION,
    "facepass_studio_": Owner.STUDIO,
    "facepass_studio_add": Owner.INSTALLATION,
    "facepass_studio_delete": Owner.INSTALLATION,
    "facepass_apikey_": Owner.STUDIO,
    "facepass_oauth_": Owner.STUDIO,
    "facepass_auditentry_": Owner.STUDIO,
    "facepass_erasure_": Owner.STUDIO,
    "facepass_trashentry_": Owner.STUDIO,
    "galleries_person_": Owner.STUDIO,
    "galleries_": Owner.EVENT,
    "guest-paper": Owner.EVENT,
    "sessions_app_": Owner.EVENT,
    "sessions_app_webhook": Owner.STUDIO,
    "sessions_app_photosession_basis_studio": Owner.STUDIO,
    "sessions_app_photosession_retention_studio": Owner.STUDIO,
    "sessions_app_photosession_retention_installation": Owner.INSTALLATION,
    "training_": Owner.STUDIO,
}
# Who may run a command of `manage.py` has the whole machine; this says what the command changes.
COMMANDS: dict[str, Owner] = {
    **dict.fromkeys(["api_docs", "demo", "qcluster", "up", "evaluate", "install_models", "models"], Owner.INSTALLATION),
    **dict.fromkeys(["generate_descriptors", "deliver_webhooks", "sync_sessions", "pixora_demo"], Owner.INSTALLATION),
    **dict.fromkeys(["erasures", "backup", "verify_backup", "restore", "check_files"], Owner.INSTALLATION),
    **dict.fromkeys(
        ["setup", "doctor", "migrate", "rotate_keys", "reset_second_factor", "diagnose"], Owner.INSTALLATION
    ),
    "audit": Owner.INSTALLATION,
    "ftp": Owner.INSTALLATION,
    "import_photos": Owner.STUDIO,
}


def _read_operations() -> dict[tuple[str, str], Owner]:
    operations: dict[tuple[str, str], Owner] = {}
    for owner, lines in API.items():
        for line in lines.split("\n"):
            *methods, path = line.split() or [""]
            operations |= dict.fromkeys(((method, path) for method in methods), owner)
    return operations


OPERATIONS = _read_operations()


def owner_of_operation(method: str, route: str) -> Owner | None:
    """Return whose the operation of the API is, by its route in the URL conf; None for an unknown one."""
    return OPERATIONS.get(("GET" if method == "HEAD" else method, "/" + re.sub(r"<[^>]+>", "{}", route)))


def owner_of_page(path: str) -> Owner | None:
    """Return whose the page is, by its path with `{}` for each parameter."""
    return _longest(PAGES, path)


def owner_of_admin(name: str) -> Owner | None:
    """Return whose the admin's address is, by its name in the URL conf."""
    return _longest(ADMIN, name)


def _longest(table: dict[str, Owner], text: str) -> Owner | None:
    found = [start for start in table if text.startswith(start)]
    return table[max(found, key=len)] if found else None
