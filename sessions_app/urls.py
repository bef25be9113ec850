from django.urls import path
from rest_framework.routers import DefaultRouter

from sessions_app.api import analytics, views, webhooks
from sessions_app.guest import views as guest

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
    path("sessions/<str:pk>/interface/", guest.session_page, name="session-interface"),
    path("faces/search-session/", views.SearchSessionView.as_view()),
    *router.urls,
]
urlpatterns = [
    path("s/", guest.by_code, name="guest-code"),
    path("s/<str:code>/", guest.short_link, name="guest-page"),
]
