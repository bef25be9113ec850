"""Where the pages of events are: below the admin's own pages of photo sessions."""

from galleries.staff_kit.json_views import ModelPages
from sessions_app.models import PhotoSession
from sessions_app.staff import event_page, event_upload, favourites, new_event

event_pages = ModelPages(PhotoSession)

event_urls = [
    event_pages.form("new/", new_event.show_form, name="new"),
    event_pages.page("<uuid:pk>/event/", event_page.show_event, name="event"),
    event_pages.page("<uuid:pk>/event/now/", event_page.render_current, name="event_now"),
    event_pages.page("<uuid:pk>/event/favourites.txt", favourites.download_list, name="favourites"),
    event_pages.page("<uuid:pk>/event/favourites.csv", favourites.download_table, name="favourites_csv"),
    event_pages.form("<uuid:pk>/event/open/", event_page.open_to_guests, name="open"),
    event_pages.write("<uuid:pk>/event/destination/", event_upload.find_destination, name="destination"),
]
