"""Every path of the service, each app's own in its `urls.py`. All answer with and without their trailing slash."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularRedocView, SpectacularSwaggerView

import facepass.api.urls
import galleries.urls
import recognition.urls
import sessions_app.urls
import training.urls
from facepass import former_paths, pages
from facepass.api import administration, documentation
from facepass.console import current_work, navigation
from facepass.console.password_reset import reset_urls
from facepass.console.sign_in.urls import sign_in_urls
from facepass.ops import health, metrics
from galleries.staff.urls import staff_urls
from sessions_app.staff.urls import event_urls

# By their namespace they get the admin's content policy. The staff pages come first: below a model's path the admin
# takes any other text for the id of a row.
admin_urls = [
    path("now/", admin.site.admin_view(current_work.show_current_work), name="now"),
    path("advanced/", admin.site.admin_view(navigation.show_advanced), name="advanced"),
    *reset_urls,
    *sign_in_urls,
    *staff_urls,
    *event_urls,
    *admin.site.get_urls(),
]
urlpatterns = [
    path("", pages.landing, name="landing"),
    path("health/", health.report_liveness, name="health"),
    path("health/ready/", health.report_readiness),
    path("health/detailed/", health.report_details),
    path("metrics/", metrics.metrics),
    path("api/v1/health/", health.report_liveness),
    path("static/js/face-search.js", former_paths.face_search_script, name="former-script"),
    path("static/session/index.html", former_paths.session_page, name="former-session-page"),
    path("openapi.json", documentation.DocumentView.as_view(), name="schema"),
    path("docs/", pages.allow_inline_code(SpectacularSwaggerView.as_view(url_name="schema")), name="docs"),
    path("redoc/", pages.allow_inline_code(SpectacularRedocView.as_view(url_name="schema")), name="redoc"),
    path("language/", pages.set_site_language, name="set-language"),
    path("admin/mail/", pages.set_mail_preference, name="wants-mail"),
    path("admin/", include((admin_urls, "admin"), namespace=admin.site.name)),
    path("api/v1/admin/users/", administration.StaffView.as_view()),
    path("api/v1/admin/stats/", administration.StatsView.as_view()),
    path("api/v1/", include([*facepass.api.urls.api_urls, *galleries.urls.api_urls, *sessions_app.urls.api_urls])),
    path(
        "api/v2/",
        include([*recognition.urls.api_v2_urls, *galleries.urls.api_v2_urls, *training.urls.api_v2_urls]),
    ),
    *galleries.urls.urlpatterns,
    *sessions_app.urls.urlpatterns,
]

if settings.ENV.oauth2_enabled:
    urlpatterns += [path("", include("facepass.oauth.urls"))]

handler400 = "facepass.pages.bad_request"
handler403 = "facepass.pages.forbidden"
handler404 = "facepass.pages.not_found"
handler500 = "facepass.pages.server_error"
