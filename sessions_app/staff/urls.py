"""Where the pages of events are: below the admin's own pages of photo sessions."""

from galleries.staff_kit.json_views import ModelPages
from sessions_app.models import ConsentRecord, PhotoSession
from sessions_app.staff import (
    cameras,
    event_page,
    event_upload,
    favourites,
    given_photos,
    guest_data,
    new_event,
    party_hub,
    party_screen,
)
from sessions_app.staff.privacy import event_archive, legal_basis, retention_page

event_pages = ModelPages(PhotoSession)
record_pages = ModelPages(ConsentRecord)

event_urls = [
    event_pages.form("new/", new_event.show_form, name="new"),
    event_pages.page("<uuid:pk>/event/", event_page.show_event, name="event"),
    event_pages.page("<uuid:pk>/event/now/", event_page.render_current, name="event_now"),
    event_pages.page("<uuid:pk>/event/favourites.txt", favourites.download_list, name="favourites"),
    event_pages.page("<uuid:pk>/event/favourites.csv", favourites.download_table, name="favourites_csv"),
    event_pages.form("<uuid:pk>/event/open/", event_page.open_to_guests, name="open"),
    event_pages.form("<uuid:pk>/event/slideshow/", party_screen.switch_slideshow, name="slideshow"),
    event_pages.form("<uuid:pk>/event/given/", given_photos.show_given, name="given"),
    event_pages.page("<uuid:pk>/event/given/<uuid:upload_id>/", given_photos.show_picture, name="given_picture"),
    event_pages.form("<uuid:pk>/event/cameras/", cameras.show_cameras, name="cameras"),
    event_pages.form("<uuid:pk>/event/hub/", party_hub.change_hub, name="hub"),
    event_pages.page("<uuid:pk>/event/hub/<str:name>", party_hub.show_code, name="hub_code"),
    event_pages.form("<uuid:pk>/event/archive/", event_archive.show_archive, name="archive"),
    event_pages.form("<uuid:pk>/event/basis/", legal_basis.show_basis, name="basis"),
    event_pages.form("<uuid:pk>/event/retention/", retention_page.show_event_periods, name="retention"),
    event_pages.form("retention/", retention_page.show_installation_periods, name="retention_installation"),
    event_pages.form("retention/<uuid:studio_id>/", retention_page.show_studio_periods, name="retention_studio"),
    event_pages.form("basis/<uuid:studio_id>/", legal_basis.show_studio_basis, name="basis_studio"),
    record_pages.form("<uuid:pk>/forget/", guest_data.forget_guest, name="forget"),
    record_pages.page("<uuid:pk>/data.zip", guest_data.download_data, name="data"),
    event_pages.write("<uuid:pk>/event/destination/", event_upload.find_destination, name="destination"),
]
