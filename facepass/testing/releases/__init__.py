"""Releases, by the last migration of each app: while hosts are updated one by one, old code runs on the new schema.

At a release its line is added here, and the lists below are emptied: what they forgive is then in no running host.
"""

RELEASES = {
    "0.2.0": {
        "facepass": "0008_work",
        "recognition": "0005_readable_values",
        "galleries": "0020_readable_erased_constraint",
        "training": "0004_readable_values",
        "sessions_app": "0008_readable_values",
    },
}
# Migrations from before the rule, which break the release before them; docs/upgrade.md says that hosts stop for it.
BEFORE_THE_RULE = {
    ("sessions_app", "0014_ready_notices_sealed_columns"),
    ("sessions_app", "0016_ready_notices_sealed"),
    ("sessions_app", "0022_sealed_columns"),
}
# What the last release cannot do on this schema, and why.
CANNOT = {
    "sessions_app.ReadyNotice": "addresses that wait for photos are sealed, with a digest that 0.2.0 does not know",
}


def latest_release() -> dict[str, str]:
    return list(RELEASES.values())[-1]
