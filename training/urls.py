from django.urls import path

from training import api

api_v2_urls = [
    path("train/prepare/", api.PrepareView.as_view()),
    path("train/execute/", api.ExecuteView.as_view()),
    path("train/history/", api.HistoryView.as_view()),
    path("train/status/<uuid:pk>/", api.StatusView.as_view()),
    path("train/<uuid:pk>/changes/", api.ChangesView.as_view()),
    path("train/<uuid:pk>/activate/", api.ActivateView.as_view()),
    path("train/<uuid:pk>/roll-back/", api.RollBackView.as_view()),
    path("train/<uuid:pk>/apply/", api.ApplyView.as_view()),
]
