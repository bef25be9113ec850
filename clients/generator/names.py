"""What groups, methods and arguments are called in both clients, where a rule does not say it well."""

# Tags of the document that are one group to who uses a client.
GROUPS = {
    "compare": "verification",
    "liveness": "verification",
    "recognize": "recognition",
    "reference": "verification",
    "train": "training",
    "verify": "verification",
}

# Groups side by side in one module of the Python client.
AREAS = {
    "faces": ("decisions", "faces", "groups"),
    "people": ("enrolments", "guests", "people", "users"),
    "photos": ("galleries", "images", "trash"),
    "recognition": ("recognition", "verification"),
    "sessions": ("privacy", "sessions"),
    "studio": ("admin", "auth", "webhooks"),
    "system": ("config", "service", "tasks", "training"),
}

# Methods, by operation id. All others follow the rule in `document.py`.
METHODS = {
    "api_v1_admin_keys_create": "create_key",
    "api_v1_admin_keys_retrieve": "get_key",
    "api_v1_admin_keys_revoke_create": "revoke_key",
    "api_v1_admin_keys_rotate_create": "rotate_key",
    "api_v1_compare_create": "compare",
    "api_v1_faces_user_list": "list_of_user",
    "api_v1_galleries_images_create": "upload_images",
    "api_v1_guests_export_retrieve": "export",
    "api_v1_liveness_challenges_create": "create_challenge",
    "api_v1_liveness_create": "check_liveness",
    "api_v1_people_export_retrieve": "export",
    "api_v1_reference_create": "create_reference",
    "api_v1_reference_destroy": "delete_reference",
    "api_v1_reference_list": "list_references",
    "api_v1_reference_retrieve": "get_reference",
    "api_v1_sessions_privacy_partial_update": "change_of_session",
    "api_v1_sessions_privacy_retrieve": "get_of_session",
    "api_v1_sessions_validate_retrieve": "validate",
    "api_v1_verify_create": "verify",
    "api_v1_webhooks_deliveries_replay_create": "replay_delivery",
    "api_v1_webhooks_deliveries_retrieve": "get_delivery",
    "api_v2_recognize_batch_create": "recognize_batch",
    "api_v2_train_history_list": "list",
    "api_v2_train_status_retrieve": "get",
    "sessions_validate_many": "validate_many",
}

# `{id}` in a path, by the segment before it.
ID_ARGUMENTS = {
    "decisions": "decision_id",
    "deliveries": "delivery_id",
    "enrolments": "task_id",
    "faces": "face_id",
    "galleries": "gallery_id",
    "groups": "group_id",
    "guests": "guest_id",
    "images": "photo_id",
    "keys": "key_id",
    "people": "person_id",
    "reference": "reference_id",
    "sessions": "session_id",
    "status": "training_id",
    "tasks": "task_id",
    "train": "training_id",
    "trash": "entry_id",
    "users": "user_id",
    "validate": "session_id",
    "webhooks": "webhook_id",
}
