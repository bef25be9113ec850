"""Where the staff pages are: below the admin's own pages of the model that each is about."""

from galleries.models import FaceCluster, Gallery, GalleryImage, LeftOutRequest, Person, PhotoFace
from galleries.staff import (
    contact_sheet,
    exports,
    grid,
    groups,
    open_work,
    pairs,
    people,
    people_grid,
    person_photos,
    photo,
    photo_faces,
    upload,
    verify,
)
from galleries.staff.photo_grid import camera_clocks, chosen_photos, event_move
from galleries.staff.privacy import leaving_out
from galleries.staff_kit.json_views import ModelPages

gallery_pages = ModelPages(Gallery)
photo_pages = ModelPages(GalleryImage)
group_pages = ModelPages(FaceCluster)
face_pages = ModelPages(PhotoFace)
person_pages = ModelPages(Person)
request_pages = ModelPages(LeftOutRequest)

staff_urls = [
    gallery_pages.page("<uuid:pk>/photos/", grid.show_grid, name="photos"),
    gallery_pages.read("<uuid:pk>/photos/window/", grid.read_window, name="window"),
    gallery_pages.read("<uuid:pk>/photos/counts/", grid.count_photos, name="counts"),
    gallery_pages.read("<uuid:pk>/photos/people/", grid.list_people, name="people"),
    gallery_pages.write("<uuid:pk>/photos/retry/", grid.retry_photos, name="retry"),
    gallery_pages.read("<uuid:pk>/photos/ids/", chosen_photos.list_ids, name="ids"),
    gallery_pages.write("<uuid:pk>/photos/act/", chosen_photos.act, name="act"),
    gallery_pages.file("<uuid:pk>/photos/download/", chosen_photos.download, name="download"),
    gallery_pages.form("<uuid:pk>/photos/clocks/", camera_clocks.edit_clocks, name="clocks"),
    gallery_pages.file("<uuid:pk>/photos/elsewhere/", event_move.move_elsewhere, name="elsewhere"),
    gallery_pages.write("<uuid:pk>/upload/there/", upload.find_duplicates, name="upload_there"),
    gallery_pages.write("<uuid:pk>/upload/file/", upload.upload_file, name="upload_file"),
    gallery_pages.write("<uuid:pk>/upload/place/", upload.create_target, name="upload_place"),
    gallery_pages.write("<uuid:pk>/upload/arrived/", upload.accept_direct_upload, name="upload_arrived"),
    photo_pages.page("<uuid:pk>/faces/", photo.show_photo, name="faces"),
    photo_pages.read("<uuid:pk>/faces/described/", photo.read_photo, name="described"),
    photo_pages.read("<uuid:pk>/faces/people/", photo_faces.list_people, name="people"),
    photo_pages.read("<uuid:pk>/faces/candidates/", photo_faces.list_candidates, name="candidates"),
    photo_pages.read("<uuid:pk>/faces/decisions/", photo_faces.list_decisions, name="decisions"),
    photo_pages.write("<uuid:pk>/faces/decide/", photo_faces.decide, name="decide"),
    photo_pages.write("<uuid:pk>/faces/draw/", photo_faces.draw_face, name="draw"),
    photo_pages.write("<uuid:pk>/faces/replace/", upload.replace_photo, name="replace"),
    photo_pages.write("<uuid:pk>/faces/also/", photo_faces.add_person, name="also"),
    photo_pages.write("<uuid:pk>/faces/turn/", photo_faces.turn_photo, name="turn"),
    photo_pages.write("<uuid:pk>/faces/retry/", photo_faces.retry_photo, name="retry_one"),
    group_pages.page("occasions/", open_work.show_open_work, name="occasions"),
    group_pages.page("occasions/list/", open_work.render_list, name="occasion_list"),
    group_pages.read("occasions/state/", open_work.read_studios_state, name="all_state"),
    group_pages.write("undo/", open_work.undo, name="undo"),
    group_pages.page("of/<uuid:key>/", groups.show_groups, name="of"),
    group_pages.page("of/<uuid:key>/list/", groups.render_list, name="list"),
    group_pages.read("of/<uuid:key>/state/", open_work.read_occasion_state, name="state"),
    group_pages.read("of/<uuid:key>/people/", groups.list_people, name="people"),
    group_pages.read("of/<uuid:key>/like/<uuid:pk>/", groups.list_likely_people, name="like"),
    group_pages.write("of/<uuid:key>/name/", groups.name_faces, name="name"),
    group_pages.write("of/<uuid:key>/merge/", groups.merge_groups, name="merge"),
    group_pages.write("of/<uuid:key>/split/", groups.split_faces, name="split"),
    group_pages.write("of/<uuid:key>/reject/", groups.reject_faces, name="reject"),
    group_pages.page("of/<uuid:key>/export/people.csv", exports.download_people_csv, name="people_csv"),
    group_pages.page("of/<uuid:key>/export/people.json", exports.download_people_json, name="people_json"),
    group_pages.page("of/<uuid:key>/export/sidecars.zip", exports.download_sidecars, name="sidecars"),
    group_pages.page("of/<uuid:key>/export/copies.zip", exports.download_copies, name="copies"),
    group_pages.page("of/<uuid:key>/pairs/", pairs.show_pairs, name="pairs"),
    group_pages.page("of/<uuid:key>/pairs/list/", pairs.render_list, name="pairs_list"),
    group_pages.write("of/<uuid:key>/apart/", pairs.keep_apart, name="apart"),
    face_pages.page("verify/", contact_sheet.show_sheet, name="verify"),
    face_pages.page("verify/list/", contact_sheet.render_list, name="verify_list"),
    face_pages.write("verify/answer/", contact_sheet.answer_names, name="answer"),
    face_pages.page("verify/one/", verify.show_proposals, name="doubts"),
    face_pages.page("verify/one/list/", verify.render_list, name="doubts_list"),
    person_pages.page("grid/", people_grid.show_people, name="grid"),
    person_pages.form("<uuid:pk>/photos/", person_photos.show_photos, name="photos"),
    person_pages.page("<uuid:pk>/photos.zip", person_photos.download_photos, name="zip"),
    person_pages.file("<uuid:pk>/data.zip", person_photos.download_data, name="data"),
    face_pages.form("<uuid:pk>/leave-out/", leaving_out.leave_out_face, name="leave_out"),
    person_pages.form("<uuid:pk>/leave-out/", leaving_out.leave_out_person, name="leave_out"),
    request_pages.form("<uuid:pk>/take-back/", leaving_out.take_back, name="take_back"),
    person_pages.form("<uuid:pk>/merge/", people.merge_people, name="merge"),
    person_pages.page("<uuid:pk>/part/", people.render_overview, name="part"),
    person_pages.read("<uuid:pk>/others/", people.list_others, name="others"),
    person_pages.write("<uuid:pk>/avatar/", people.choose_avatar, name="avatar"),
    person_pages.write("<uuid:pk>/enrol/", people.enrol_picture, name="enrol"),
]
