"""Addresses of what happened."""

from __future__ import annotations

from django.urls import path

from oneroof.history import views

urlpatterns = [
    path("history/<slug:kind>/<uuid:pk>/", views.history, name="history"),
    path("log/", views.log, name="log"),
    path("log/chain.jsonl", views.chain, name="own-chain"),
    path("log/checkpoint.json", views.own_checkpoint, name="own-checkpoint"),
    path("log/key.pem", views.public_key, name="checkpoint-key"),
]
