#!/usr/bin/env bash
# Every endpoint that the former programs had, asked of FacePass; docs/moving.md says what answers. A test runs this script.
#
#   BASE=http://localhost:8000 KEY=fp_… PICTURE=maria.jpg OTHER_PICTURE=maria-again.jpg bash docs/moving.sh
#
# KEY is an API key with every scope. Both pictures show the same person, and nobody else. It makes an event, a gallery
# and a person, and ends with their removal. `with_key` marks what asked for no key in the former programs.
set -euo pipefail

# ask METHOD PATH [options of curl]: prints the answer, and ends the script where it is a refusal.
ask() {
    local method=$1 path=$2
    shift 2
    echo "$method $path" >&2
    curl --fail-with-body -sS -X "$method" "$BASE$path" "$@"
}
with_key() { ask "$@" -H "Authorization: Bearer $KEY"; }
with_json() { with_key "$1" "$2" -H "Content-Type: application/json" -d "$3"; }
# field NAME: the first value of that name in the JSON that comes in.
field() { grep -oE "\"$1\": ?\"[^\"]*\"" | head -n 1 | cut -d '"' -f 4; }
# finish: waits for the task whose answer comes in.
finish() {
    local task state=""
    task=$(field task_id)
    until [ "$state" = done ]; do
        state=$(with_key GET "/api/v1/tasks/$task" | field state)
        [ "$state" != failed ]
        sleep 0.5
    done
}

# --- the service
ask GET /
ask GET /health | grep -q '"healthy"'
ask GET /api/v1/health | grep -q '"healthy"'
ask GET /health/ready
ask GET /openapi.json >/dev/null
ask GET /docs >/dev/null
ask GET /redoc >/dev/null
ask GET /static/js/face-search.js --location >/dev/null
ask GET /static/session/index.html --location >/dev/null

# --- people who are enrolled
USER=$(with_key POST /api/v1/users/ -H "Content-Type: application/json" \
    -d '{"email": "maria@example.com", "full_name": "Maria"}' | field id)
with_key GET /api/v1/users/
with_key GET "/api/v1/users/$USER"
with_key POST "/api/v1/faces/upload?wait=20" -F "user_id=$USER" -F "file=@$PICTURE"
FACE=$(with_key POST "/api/v1/faces/upload?wait=20" -F "user_id=$USER" -F "file=@$OTHER_PICTURE" | field face_id)
with_key GET "/api/v1/faces/user/$USER"
with_key GET "/api/v1/faces/$FACE"
with_key POST /api/v1/faces/search -F "file=@$PICTURE"

# --- one face with another
REFERENCE=$(with_key POST /api/v1/reference -F "image=@$PICTURE" -F "label=Maria" | field id)
with_key GET "/api/v1/reference/$REFERENCE"
with_key POST /api/v1/verify -F "image=@$OTHER_PICTURE" -F "reference_id=$REFERENCE"
# Where its model is not installed (manage.py install_models liveness) the answer says so.
(with_key POST /api/v1/liveness -F "image=@$PICTURE" || true) | grep -E '"live"|"model_not_installed"'
with_key DELETE "/api/v1/reference/$REFERENCE"

# --- photo sessions and their photos
SESSION=$(with_json POST /api/v1/sessions '{"name": "Wedding", "facepass_enabled": true}' | field id)
with_key GET "/api/v1/sessions/validate/$SESSION"
with_json POST /api/v1/sessions/validate "{\"ids\": [\"$SESSION\"]}"
with_key GET "/api/v1/sessions/$SESSION"
with_key GET "/api/v1/sessions/$SESSION/facepass-status"
ask GET "/api/v1/sessions/$SESSION/interface" --location >/dev/null
ask GET "/static/session/index.html?session_id=$SESSION" --location >/dev/null
GALLERY=$(with_json POST /api/v1/galleries/ "{\"title\": \"Church\", \"session_id\": \"$SESSION\"}" | field id)
with_key POST "/api/v1/galleries/$GALLERY/images?wait=20" -F "files=@$PICTURE" -F "files=@$OTHER_PICTURE"
with_key GET "/api/v1/galleries/$GALLERY/images"
with_key GET "/api/v1/galleries/$GALLERY/progress"
with_key POST /api/v1/faces/search-session -F "session_id=$SESSION" -F "file=@$PICTURE" -F "threshold=0.5" -F "limit=20"

# --- recognition
with_key POST /detect-faces -F "image=@$PICTURE"
with_key POST /recognize-face -F "image=@$PICTURE"
with_key POST /batch-recognize -F "images=@$PICTURE"
with_key POST /api/v2/recognize/batch -F "images=@$PICTURE"
with_json POST /cluster-unknown-faces "{\"session_id\": \"$SESSION\"}" | finish
GROUP=$(with_key GET "/api/v1/groups/?session_id=$SESSION" | field id)
with_json POST /reject-face-cluster "{\"cluster_id\": \"$GROUP\"}"
with_key POST /generate-descriptors | finish
with_key POST /regenerate-unknown-descriptors | finish
with_key POST /rebuild-index | finish

# --- training and configuration
TRAINING=$(with_key POST /api/v2/train/prepare | field id)
with_json POST /api/v2/train/execute "{\"session_id\": \"$TRAINING\"}" | finish
with_key GET "/api/v2/train/status/$TRAINING"
with_key GET /api/v2/train/history
with_key GET /api/v2/config
with_json PUT /api/v2/config '{"recognition_settings": {"quality_filters": {"min_face_size": 32}}}'

# --- administration
with_key GET /api/v1/admin/users
with_key GET /api/v1/admin/stats

# --- what this script made
with_key DELETE "/api/v1/faces/$FACE"
with_key DELETE "/api/v1/galleries/$GALLERY"
with_key DELETE "/api/v1/sessions/$SESSION"
with_key DELETE "/api/v1/users/$USER"
