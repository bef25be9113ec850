from django.urls import path

from recognition.api import config

api_v2_urls = [
    path("config/", config.ConfigView.as_view()),
    path("config/history/", config.ConfigHistoryView.as_view()),
]
