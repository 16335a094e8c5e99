"""Addresses of logistics."""

urlpatterns: list[object] = []
