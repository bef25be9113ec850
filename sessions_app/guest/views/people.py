"""Several people on one device: one more comes, has a name, or leaves the device without losing anything.

And a selfie that shows another of them than the page's own: whose photos are those?
"""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sessions_app.guest.domain.privacy import privacy_notice
from sessions_app.guest.domain.profiles.device_profiles import PLAIN, build_door
from sessions_app.guest.domain.profiles.open_questions import OpenQuestion, give_photos
from sessions_app.guest.domain.profiles.same_person import find_whose
from sessions_app.guest.views import cookies
from sessions_app.guest.views.guest_view import Visit, guest_view, render_guest_page, render_session_page


@require_safe
@guest_view()
def new_person(visit: Visit) -> HttpResponse:
    """Ask somebody else for their consent: they become a guest of their own beside those of this device."""
    visit.profiles.require_room()
    return render_session_page(visit, newcomer=True)


@require_http_methods(["GET", "HEAD", "POST"])
@guest_view(needs="guest")
def person_page(visit: Visit) -> HttpResponse:
    """Give the guest another name on this device; and offer to leave it."""
    if visit.request.method != "POST":
        return render_guest_page(visit, "guest/person.html")
    profiles = visit.profiles.with_name(visit.require_guest().pk, visit.request.POST.get("name", ""))
    response = redirect("guest-page", code=visit.door)
    cookies.write_profiles(response, visit.session, profiles)
    return response


@require_POST
@guest_view(needs="guest")
def leave_device(visit: Visit) -> HttpResponse:
    """Let the device forget the guest, whose photos stay: on a tablet that guests share."""
    left = visit.after_leaving()
    response = redirect("guest-page", code=visit.session.code)
    response["Location"] += "?left"
    cookies.write_profiles(response, visit.session, left.profiles)
    return response


def render_whose(visit: Visit, question: OpenQuestion) -> HttpResponse:
    """Ask whose photos a selfie found. The answers: the page's own guest, another of this device, somebody new."""
    others = [pk for pk, guest in visit.guests.items() if guest.notice and guest != visit.guest]
    known = [visit.profiles.find_guest(pk) for pk in find_whose(others, question.found)]
    context = {
        "question": question.token,
        "known": [{"key": one.key or PLAIN, "name": visit.profiles.label(one)} for one in known if one],
        "notice": privacy_notice.build_notice(visit.session),
        "newcomer": True,
    }
    return render_guest_page(visit, "guest/whose.html", **context)


@require_POST
@guest_view(needs="guest")
def answer_whose(visit: Visit) -> HttpResponse:
    """Give what was found to somebody who is on this device already; who is new answers by agreeing."""
    question = OpenQuestion.from_token(visit.request.POST.get("question", ""), guest=visit.guest)
    key = visit.request.POST.get("who", visit.key or PLAIN)
    profile = visit.profiles.find_key("" if key == PLAIN else key)
    if profile is None:
        raise visit.consent_required()
    give_photos(question, visit.guests[profile.guest_id])
    return redirect("guest-page", code=build_door(visit.session.code, profile.key))
