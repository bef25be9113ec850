"""Pages for guests: find me in the photos of this session."""

from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render

from sessions_app.models import PhotoSession


def session_page(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    session = get_object_or_404(PhotoSession, pk=pk)
    return redirect("guest-page", code=session.code)


def short_link(request: HttpRequest, code: str) -> HttpResponseBase:
    return render(request, "guest/entrance.html", {"session": get_object_or_404(PhotoSession, code=code)})
