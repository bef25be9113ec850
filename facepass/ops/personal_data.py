"""Where anything of a person or a guest may lie: every table with its columns, the files, the logs, and what erases it.

A test compares this with the database, so that a new table or column has to be thought of here before it is used.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Erased(StrEnum):
    """How what a table holds goes away."""

    PURGE = "deleted with what it belongs to, at once or when its days in the trash are over (`core.trash.purge`)"
    CASCADE = "goes with the row that it belongs to"
    TRACES = "cleared when the person is gone for good (`galleries.people.traces`)"
    FACE = "loses the name with the person; goes with the photo, or when the face is erased (`galleries.faces.erasure`)"
    PARTNER = "a partner's reference, which names nobody here; the partner deletes it"
    IDS = "ids and counts only"
    DAYS = "what a partner's server answered; deleted after some days"
    LIST = "the list of what was erased: digests of ids"
    COUNTS = "counts only"
    FORGET = "deleted when the guest is forgotten, or absent for long (`sessions_app.guest_data.erasure`)"
    HIDING = "stays on purpose, without a guest: nobody else finds those faces (docs/guests.md)"
    RECORD = "stays on purpose, without the guest: proof of a consent, for CONSENT_RECORD_DAYS after its end"
    LEFT_OUT = "stays on purpose, to keep somebody out of later photos; goes with the descriptions of the event's faces"
    SENT = "deleted when its e-mail is sent, and after thirty days at the latest"
    MINUTES = "deleted within minutes or hours"
    AUDIT = "who did it, by ids; what it tells of somebody goes with them (`core.audit.forgetting`), all after years"
    STAFF = "of members of staff, and goes with their account"
    NOTHING = "settings and work of the machine; holds nothing of anybody"


@dataclass(frozen=True, slots=True)
class Table:
    """What a table may hold: of whom, in which columns, and how it goes."""

    of: str
    how: Erased
    columns: frozenset[str]


def _table(of: str, how: Erased, columns: str) -> Table:
    return Table(of, how, frozenset(columns.split()))


TABLES: Final[dict[str, Table]] = {
    "api_keys": _table(
        "staff",
        Erased.STAFF,
        "created_at digest expires_at id last_used_at name prefix replaced_by_id revoked_at scopes studio_id",
    ),
    "audit_entries": _table(
        "staff",
        Erased.AUDIT,
        "action actor_id actor_kind address counts digest finished_at happened_at id number previous request_id "
        "status studio_id",
    ),
    "audit_heads": _table("nobody", Erased.NOTHING, "digest made_at number signature"),
    "audit_rows": _table("person", Erased.AUDIT, "after before digest entry_id erased_at id key label salt"),
    "auth_group": _table("nobody", Erased.NOTHING, "id name"),
    "auth_group_permissions": _table("nobody", Erased.NOTHING, "group_id id permission_id"),
    "auth_permission": _table("nobody", Erased.NOTHING, "codename content_type_id id name"),
    "camera_accounts": _table(
        "nobody", Erased.NOTHING, "created_at folders_become id last_used_at password session_id username"
    ),
    "camera_files": _table(
        "person", Erased.CASCADE, "byte_size code folder id message name photo_id received_at session_id sha256"
    ),
    "chores": _table("nobody", Erased.NOTHING, "due_at name"),
    "consent_records": _table(
        "guest",
        Erased.RECORD,
        "agreed_at ended_at guardian id language notice_digest session_id studio_id version withdrawn_at",
    ),
    "django_admin_log": _table(
        "person",
        Erased.TRACES,
        "action_flag action_time change_message content_type_id id object_id object_repr user_id",
    ),
    "django_content_type": _table("nobody", Erased.NOTHING, "app_label id model"),
    "django_q_ormq": _table("nobody", Erased.NOTHING, "id key lock payload"),
    "django_q_schedule": _table(
        "nobody",
        Erased.NOTHING,
        "args cluster cron func hook id intended_date_kwarg kwargs minutes name next_run repeats schedule_type task",
    ),
    "django_q_task": _table(
        "nobody",
        Erased.NOTHING,
        "args attempt_count cluster func group hook id kwargs name result started stopped success",
    ),
    "django_session": _table("staff", Erased.STAFF, "expire_date session_data session_key"),
    "enrolment_consents": _table("person", Erased.CASCADE, "given_at given_by notice photo_id"),
    "erased_faces": _table("person", Erased.CASCADE, "box erased_at id photo_id request_id requested"),
    "erased_subjects": _table("person", Erased.LIST, "digest erased_at id label previous receipt subject"),
    "erasures": _table(
        "person",
        Erased.COUNTS,
        "counts deleted_at deleted_by_id deleted_with erased_at erased_by_id erased_with id kind studio_id",
    ),
    "face_clusters": _table(
        "person",
        Erased.CASCADE,
        "centroid created_at gallery_id id model_version_id person_id rejected session_id size studio_id",
    ),
    "face_decisions": _table(
        "person",
        Erased.TRACES,
        "after apart before face_count gallery_id id kind made_at made_by_id made_with person_id same "
        "session_id studio_id undone_at undone_by_id undone_with",
    ),
    "face_recognition_config": _table("nobody", Erased.NOTHING, "key updated_at value"),
    "face_recognition_config_changes": _table(
        "staff",
        Erased.STAFF,
        "after before changed_at changed_by id key session_id studio_id",
    ),
    "face_recognition_overrides": _table("nobody", Erased.NOTHING, "id session_id studio_id updated_at value"),
    "face_training_acts": _table("staff", Erased.STAFF, "id made_at made_by session_id what"),
    "face_training_sessions": _table(
        "person",
        Erased.IDS,
        "changes completed_at created_at digest error_message id job_id manifest metrics model_accuracy "
        "model_version_id people_count same_as_id started_at started_by status studio_id template_set_id "
        "total_faces",
    ),
    "facepass_user": _table(
        "staff",
        Erased.STAFF,
        "date_joined email first_name id is_active is_staff is_superuser language last_login last_name "
        "notices_mailed_at password sign_in_generation username wants_mail",
    ),
    "facepass_user_groups": _table("staff", Erased.STAFF, "group_id id user_id"),
    "facepass_user_user_permissions": _table("staff", Erased.STAFF, "id permission_id user_id"),
    "galleries": _table(
        "person",
        Erased.PURGE,
        "clock_shifts analyses created_at grouped_analyses guest_title id kind location_id session_id shoot_date "
        "shown_from studio_id title",
    ),
    "event_hub_entries": _table("nobody", Erased.NOTHING, "hub_id id session_id"),
    "event_privacy": _table("staff", Erased.STAFF, "archived_at archived_by_id basis_note legal_basis session_id"),
    "event_hubs": _table("nobody", Erased.NOTHING, "code created_at id name studio_id"),
    "gallery_images": _table(
        "person",
        Erased.PURGE,
        "assumed_zone attempts blur burst burst_place byte_size camera clock_shift created_at error error_reasons "
        "file folder gallery_id height hidden_from_guests id image_url kept_apart lease_expires_at name_key "
        "original_name picture_hash processed_at request_id rotation sha256 sharpness state subject_id tags "
        "taken_at truncated width",
    ),
    "guest_alerts": _table(
        "guest",
        Erased.CASCADE,
        "address asked_at confirmed_at descriptor guest_id looked_at model_version_id told_at untold",
    ),
    "guest_hidden_faces": _table("guest", Erased.HIDING, "face_id hiding_id id with_group"),
    "guest_hidings": _table("guest", Erased.HIDING, "created_at guest_id id session_id"),
    "guest_notice_texts": _table("nobody", Erased.NOTHING, "created_at digest id language studio_id text version"),
    "guest_photos": _table(
        "guest",
        Erased.CASCADE,
        "confirmed_at face_id favourite found_at friend guest_id id photo_id rank refused_at",
    ),
    "guest_possible_photos": _table("guest", Erased.CASCADE, "face_id guest_id id photo_id rank"),
    "guest_return_links": _table("guest", Erased.CASCADE, "created_at digest guest_id id"),
    "guest_rules": _table(
        "nobody",
        Erased.NOTHING,
        "browsing challenge downloads expires_at pin printed_pin session_id uploads watermark",
    ),
    "guest_share_photos": _table("guest", Erased.CASCADE, "foundphoto_id id sharelink_id"),
    "guest_shares": _table("guest", Erased.CASCADE, "created_at expires_at guest_id id"),
    "guest_uploads": _table("guest", Erased.CASCADE, "file given_at guest_id id original_name sha256"),
    "guests": _table(
        "guest",
        Erased.FORGET,
        "consent_record_id consented_at emptied_at guardian id language last_seen_at notice notice_text_id session_id "
        "withdrawn_at",
    ),
    "hosts": _table("nobody", Erased.NOTHING, "down name seen_at started_at version worked_at workers"),
    "heartbeats": _table("nobody", Erased.NOTHING, "beaten_at name token"),
    "imported_files": _table("person", Erased.CASCADE, "byte_size gallery_id id modified_ns path photo_id"),
    "jobs": _table(
        "person",
        Erased.IDS,
        "arguments attempts claim created_at cursor done error finished_at id kind lease_expires_at result "
        "started_at state studio_id total",
    ),
    "kept_answers": _table("person", Erased.TRACES, "body created_at fingerprint headers id key principal status"),
    "key_days": _table("nobody", Erased.NOTHING, "day hits id key_id searches"),
    "left_out_people": _table(
        "person", Erased.LEFT_OUT, "asked_at descriptor id model_version_id request_id session_id studio_id"
    ),
    "left_out_requests": _table(
        "person",
        Erased.LEFT_OUT,
        "asked_at asked_by_id faces gallery_id id later person_id photos session_id studio_id",
    ),
    "liveness_challenges": _table("guest", Erased.MINUTES, "expires_at id steps studio_id used_at"),
    "model_versions": _table(
        "nobody",
        Erased.NOTHING,
        "activated_at active calibration commercial_use contract_id created_at dimension engine id "
        "license_name model template_key_id",
    ),
    "outbox_events": _table("person", Erased.IDS, "created_at data id request_id spread_at studio_id type"),
    "passkeys": _table(
        "staff", Erased.STAFF, "created_at credential credential_id host id last_used_at name use_count user_id"
    ),
    "people": _table(
        "person",
        Erased.PURGE,
        "avatar_url created_at email external_id id is_hidden is_vip metadata notes real_name studio_id",
    ),
    "person_links": _table("person", Erased.CASCADE, "created_at created_by_id expires_at id person_id"),
    "person_templates": _table("person", Erased.CASCADE, "descriptor id person_id template_set_id"),
    "photo_descriptions": _table("person", Erased.CASCADE, "analysed_at error id model_version_id photo_id"),
    "photo_faces": _table(
        "person",
        Erased.FACE,
        "cluster_id created_at drawn face_category gallery_id id insightface_bbox insightface_confidence "
        "insightface_descriptor landmarks model_version_id person_id photo_id quality recognition_confidence "
        "training_used verified",
    ),
    "photo_sessions": _table(
        "person",
        Erased.PURGE,
        "code completed_at confirmed_at created_at description facepass_enabled gone_at id name origin photographer_id "
        "scheduled_at service_package_id settings status studio_id time_zone updated_at",
    ),
    "pixora_link": _table(
        "nobody",
        Erased.NOTHING,
        "answered_at detail error failures id mirrored_until open_until swept_at synced_at",
    ),
    "provider_identities": _table("staff", Erased.STAFF, "created_at issuer subject user_id"),
    "rate_buckets": _table("guest", Erased.MINUTES, "due name"),
    "ready_notices": _table(
        "guest", Erased.SENT, "address address_digest asked_at confirmed_at id language session_id tried_at"
    ),
    "recovery_codes": _table("staff", Erased.STAFF, "created_at digest id user_id"),
    "reference_faces": _table(
        "person",
        Erased.PARTNER,
        "created_at descriptor id label model_version_id quality studio_id",
    ),
    "retention_periods": _table(
        "nobody", Erased.NOTHING, "bounds faces guests id photos session_id studio_id templates updated_at"
    ),
    "retention_steps": _table("nobody", Erased.NOTHING, "done_at id kept receipt_id session_id warned_at"),
    "rewritten_tables": _table("nobody", Erased.NOTHING, "changes name rewritten_at"),
    "session_days": _table(
        "guest",
        Erased.COUNTS,
        "consents day downloads favourites hits id searches session_id took",
    ),
    "sign_ins": _table("staff", Erased.STAFF, "address browser created_at id last_seen_at method session_key user_id"),
    "slideshows": _table("nobody", Erased.NOTHING, "created_at id session_id"),
    "spare_faces": _table(
        "person",
        Erased.FACE,
        "face_id id insightface_bbox insightface_confidence insightface_descriptor landmarks model_version_id "
        "photo_id quality",
    ),
    "staff_notices": _table("staff", Erased.STAFF, "data happened_at id kind studio_id subject"),
    "staff_notices_told": _table("staff", Erased.STAFF, "id staffnotice_id user_id"),
    "studio_memberships": _table("staff", Erased.STAFF, "id role studio_id user_id"),
    "studio_privacy": _table("nobody", Erased.NOTHING, "basis_note legal_basis studio_id"),
    "studios": _table(
        "staff",
        Erased.STAFF,
        "colour contact controller created_at data_processors id logo main_app_id name privacy_contact slug "
        "supervisory_authority time_zone",
    ),
    "suggestion_counts": _table("person", Erased.IDS, "id noted_at number occasion studio_id"),
    "template_sets": _table(
        "nobody",
        Erased.NOTHING,
        "activated_at active calibration created_at digest id model_version_id number studio_id",
    ),
    "token_blacklist_blacklistedtoken": _table("staff", Erased.STAFF, "blacklisted_at id token_id"),
    "token_blacklist_outstandingtoken": _table("staff", Erased.STAFF, "created_at expires_at id jti token user_id"),
    "totp_secrets": _table("staff", Erased.STAFF, "created_at last_step secret user_id"),
    "trash_entries": _table(
        "person",
        Erased.PURGE,
        "counts deleted_at deleted_by_id deleted_with due_at id kind label purging_since studio_id",
    ),
    "trash_rows": _table("person", Erased.PURGE, "content descriptor entry_id id key label reference"),
    "webhook_attempts": _table(
        "person",
        Erased.DAYS,
        "answer delivery_id duration_ms error id number request_headers started_at status url",
    ),
    "webhook_deliveries": _table(
        "person",
        Erased.IDS,
        "attempts claim created_at delivered_at due_at endpoint_id event_id expires_at id state",
    ),
    "webhook_endpoints": _table(
        "staff",
        Erased.STAFF,
        "created_at description disabled_at enabled events failing_since id previous_secret "
        "previous_secret_until secret studio_id url",
    ),
    "work_counts": _table("nobody", Erased.COUNTS, "id label name number seconds"),
    "work_leases": _table("nobody", Erased.NOTHING, "begun_at expires_at id task"),
}

# Beside the database: below FACEPASS_HOME, or in the bucket.
FILES: Final[dict[str, str]] = {
    "media/photos": "photos, previews and thumbnails: deleted with their rows, in a bucket with all versions",
    "media/given": "photos that guests gave and that wait: deleted with their rows, by approval, and with the guest",
    "media/incoming": "files on their way into a bucket: deleted within a day",
    "media/logos": "logos of studios",
    "mail": "where no server takes e-mail, notices for staff: titles and counts",
    "backup-index.json": "names, which are ids, and digests of files",
    "audit.jsonl": "where the audit's chain ended at each hour: numbers and digests",
    "erasures.jsonl": "the list of what was erased: digests of ids",
    "pgdata": "the database; tables are written anew within a day, and its log is cut off (`ops.remains`)",
}
LOGS: Final = "ids and codes; no name, address, token, picture or descriptor"
