from django.urls import path, register_converter
from rest_framework.routers import DefaultRouter

from sessions_app.api import analytics, config, guests, privacy_settings, views, webhooks
from sessions_app.guest.views import (
    alerts,
    appearance,
    downloads,
    entrance,
    erasure,
    leaving_out,
    people,
    photos,
    privacy,
    search,
    sharing,
    waiting,
)
from sessions_app.guest.views.party import giving, hub, screen


class DoorConverter:
    """A session's code, and the key of one of the guests of a device: see `device_profiles.build_door`."""

    regex = "[^/]+(?:/[0-9a-f]{8})?"

    def to_python(self, value: str) -> str:
        return value

    to_url = to_python


register_converter(DoorConverter, "door")

router = DefaultRouter(use_regex_path=False)
router.include_root_view = False
router.include_format_suffixes = False
router.register("sessions", views.SessionViewSet)
router.register("webhooks/deliveries", webhooks.DeliveryViewSet)
router.register("webhooks", webhooks.EndpointViewSet)

api_urls = [
    path("sessions/validate/<str:pk>/", views.ValidateView.as_view()),
    path("sessions/validate/", views.ValidateManyView.as_view()),
    path("sessions/<str:pk>/analytics/", analytics.AnalyticsView.as_view()),
    path("sessions/<str:pk>/config/", config.EventConfigView.as_view()),
    path("privacy/", privacy_settings.PrivacyView.as_view()),
    path("sessions/<str:pk>/privacy/", privacy_settings.EventPrivacyView.as_view()),
    path("sessions/<str:pk>/interface/", search.session_page, name="session-interface"),
    path("guests/<uuid:pk>/", guests.GuestView.as_view()),
    path("guests/<uuid:pk>/export/", guests.GuestExportView.as_view()),
    path("faces/search-session/", views.SearchSessionView.as_view()),
    *router.urls,
]
urlpatterns = [
    path("s/", search.go_to_code, name="guest-code"),
    path("s/<door:code>/", search.session_page, name="guest-page"),
    path("s/<door:code>/search/", search.search_page, name="guest-search"),
    path("s/<door:code>/new/", people.new_person, name="guest-new"),
    path("s/<door:code>/whose/", people.answer_whose, name="guest-whose"),
    path("s/<door:code>/person/", people.person_page, name="guest-person"),
    path("s/<door:code>/done/", people.leave_device, name="guest-done"),
    path("s/<str:code>/pin/", entrance.enter_pin, name="guest-pin"),
    path("s/<door:code>/consent/", entrance.agree, name="guest-consent"),
    path("s/<door:code>/notice/", privacy.notice, name="guest-notice"),
    path("s/<door:code>/data/", privacy.download_data, name="guest-data"),
    path("s/<door:code>/withdraw/", privacy.withdraw, name="guest-withdraw"),
    path("s/<door:code>/withdrawn/<str:token>/", privacy.withdrawn, name="guest-withdrawn"),
    path("s/<door:code>/browse/", entrance.browse, name="guest-browse"),
    path("s/<door:code>/progress/", waiting.progress, name="guest-progress"),
    path("s/<door:code>/ready/", waiting.ready_notice, name="guest-ready"),
    path("s/<door:code>/look/", search.live_hint, name="guest-look"),
    path("s/<door:code>/challenge/", search.challenge_page, name="guest-challenge"),
    path("s/<str:code>/brand.css", appearance.brand_css, name="guest-brand"),
    path("s/<str:code>/logo", appearance.logo, name="guest-logo"),
    path("s/<str:code>/manifest.webmanifest", appearance.manifest, name="guest-manifest"),
    path("s/<str:code>/worker.js", appearance.worker, name="guest-worker"),
    path("s/<door:code>/photos/", photos.photos, name="guest-photos"),
    path("s/<door:code>/photos/zip/", photos.download, name="guest-zip"),
    path("s/<door:code>/photos/share/", sharing.create_share, name="guest-share"),
    path("s/<door:code>/photos/<str:action>/", photos.act, name="guest-act"),
    path("s/<door:code>/shares/", sharing.shares, name="guest-shares"),
    path("s/<door:code>/friend/", search.friend, name="guest-friend"),
    path("s/<door:code>/link/", sharing.return_link, name="guest-link"),
    path("s/<door:code>/alerts/", alerts.alert_page, name="guest-alerts"),
    path("s/<door:code>/alerts/stop/", alerts.stop_own, name="guest-alerts-stop"),
    path("s/<door:code>/give/", giving.give, name="guest-give"),
    path("s/<door:code>/leave-out/", leaving_out.leave_out, name="guest-leave-out"),
    path("s/<door:code>/forget/", erasure.forget, name="guest-forget"),
    path("found/<uuid:guest_id>/<uuid:pk>/<variant:variant>", downloads.guest_photo, name="guest-photo"),
    path("shared/<uuid:share_id>/<uuid:pk>/<variant:variant>", downloads.shared_photo, name="share-photo"),
    path("e/<str:code>/", hub.show_hub, name="hub"),
    path("screen/<str:token>/", screen.screen, name="screen"),
    path("screen/<str:token>/photos/", screen.screen_photos, name="screen-photos"),
    path("screen/<uuid:show_id>/<uuid:pk>/<variant:variant>", screen.screen_photo, name="screen-photo"),
    path("shared/<str:token>/", sharing.shared, name="shared"),
    path("my/<str:token>/", sharing.come_back, name="guest-return"),
    path("news/<str:token>/", alerts.confirm_by_link, name="guest-alert-confirm"),
    path("ready/<str:token>/", waiting.confirm_ready, name="guest-ready-confirm"),
    path("news/<str:token>/stop/", alerts.stop_by_link, name="guest-alert-stop"),
    path("forgotten/<str:token>/", erasure.forgotten, name="guest-forgotten"),
    path("hidden/<str:token>/", erasure.hidden, name="guest-hidden"),
]
