from django.urls import path

from training import api

api_v2_urls = [path("train/prepare/", api.PrepareView.as_view())]
