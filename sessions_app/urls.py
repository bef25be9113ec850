from django.urls import path
from rest_framework.routers import DefaultRouter

from sessions_app.api import analytics, views, webhooks
from sessions_app.guest.views import (
    alerts,
    appearance,
    downloads,
    entrance,
    erasure,
    photos,
    search,
    sharing,
    waiting,
)

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
    path("sessions/<str:pk>/interface/", search.session_page, name="session-interface"),
    path("faces/search-session/", views.SearchSessionView.as_view()),
    *router.urls,
]
urlpatterns = [
    path("s/", search.go_to_code, name="guest-code"),
    path("s/<str:code>/", search.session_page, name="guest-page"),
    path("s/<str:code>/pin/", entrance.enter_pin, name="guest-pin"),
    path("s/<str:code>/consent/", entrance.agree, name="guest-consent"),
    path("s/<str:code>/withdraw/", entrance.withdraw, name="guest-withdraw"),
    path("s/<str:code>/browse/", entrance.browse, name="guest-browse"),
    path("s/<str:code>/progress/", waiting.progress, name="guest-progress"),
    path("s/<str:code>/ready/", waiting.ready_notice, name="guest-ready"),
    path("s/<str:code>/look/", search.live_hint, name="guest-look"),
    path("s/<str:code>/challenge/", search.challenge_page, name="guest-challenge"),
    path("s/<str:code>/brand.css", appearance.brand_css, name="guest-brand"),
    path("s/<str:code>/logo", appearance.logo, name="guest-logo"),
    path("s/<str:code>/manifest.webmanifest", appearance.manifest, name="guest-manifest"),
    path("s/<str:code>/photos/", photos.photos, name="guest-photos"),
    path("s/<str:code>/photos/zip/", photos.download, name="guest-zip"),
    path("s/<str:code>/photos/share/", sharing.create_share, name="guest-share"),
    path("s/<str:code>/photos/<str:action>/", photos.act, name="guest-act"),
    path("s/<str:code>/shares/", sharing.shares, name="guest-shares"),
    path("s/<str:code>/friend/", search.friend, name="guest-friend"),
    path("s/<str:code>/link/", sharing.return_link, name="guest-link"),
    path("s/<str:code>/alerts/", alerts.alert_page, name="guest-alerts"),
    path("s/<str:code>/alerts/stop/", alerts.stop_own, name="guest-alerts-stop"),
    path("s/<str:code>/forget/", erasure.forget, name="guest-forget"),
    path("found/<uuid:guest_id>/<uuid:pk>/<variant:variant>", downloads.guest_photo, name="guest-photo"),
    path("shared/<uuid:share_id>/<uuid:pk>/<variant:variant>", downloads.shared_photo, name="share-photo"),
    path("shared/<str:token>/", sharing.shared, name="shared"),
    path("my/<str:token>/", sharing.come_back, name="guest-return"),
    path("news/<str:token>/", alerts.confirm_by_link, name="guest-alert-confirm"),
    path("news/<str:token>/stop/", alerts.stop_by_link, name="guest-alert-stop"),
    path("forgotten/<str:token>/", erasure.forgotten, name="guest-forgotten"),
    path("hidden/<str:token>/", erasure.hidden, name="guest-hidden"),
]
