from django.urls import path, register_converter
from rest_framework.routers import DefaultRouter

from galleries import views
from galleries.api import (
    decisions,
    detection,
    enrolments,
    faces,
    galleries,
    grouping,
    groups,
    identification,
    jobs,
    liveness,
    people,
    references,
)


class VariantConverter:
    regex = "original|preview|thumbnail"

    def to_python(self, value: str) -> str:
        return value

    to_url = to_python


register_converter(VariantConverter, "variant")

router = DefaultRouter(use_regex_path=False)
router.include_root_view = False
router.include_format_suffixes = False
router.register("galleries", galleries.GalleryViewSet)
router.register("enrolments", enrolments.EnrolmentViewSet, basename="enrolment")
router.register("groups", groups.GroupViewSet)
router.register("decisions", decisions.DecisionViewSet)
router.register("images", galleries.PhotoViewSet)
router.register("people", people.PersonViewSet, basename="person")
router.register("reference", references.ReferenceViewSet)
router.register("users", people.UserViewSet, basename="user")

api_urls = [
    path("faces/search/", identification.FacesSearchView.as_view()),
    path("faces/upload/", enrolments.EnrolView.as_view()),
    path("faces/bulk-delete/", faces.DeleteFacesView.as_view()),
    path("faces/user/<uuid:user_id>/", faces.FacesOfUserView.as_view()),
    path("faces/<uuid:pk>/", faces.FaceView.as_view()),
    path("faces/<uuid:pk>/move/", faces.MoveFaceView.as_view()),
    path("images/<uuid:photo_id>/faces/", faces.FacesOfPhotoView.as_view()),
    path("tasks/", jobs.TasksView.as_view()),
    path("tasks/<uuid:pk>/", jobs.TaskView.as_view()),
    path("tasks/<uuid:pk>/cancel/", jobs.CancelTaskView.as_view()),
    path("liveness/challenges/", liveness.ChallengesView.as_view()),
    path("liveness/", liveness.LivenessView.as_view()),
    path("verify/", references.VerifyView.as_view()),
    path("compare/", references.CompareView.as_view()),
    *router.urls,
]
api_v2_urls = [path("recognize/batch/", identification.RecognizeBatchView.as_view())]
urlpatterns = [
    path("detect-faces/", detection.DetectFacesView.as_view()),
    path("photos/<uuid:pk>/<variant:variant>", views.photo_file, name="photo-file"),
    path("photos/<uuid:photo>/faces/<uuid:pk>", views.face_file, name="face-file"),
    path("photos-of/<str:token>/", views.person_link, name="person-link"),
    path("recognize-face/", identification.RecognizeView.as_view()),
    path("batch-recognize/", identification.RecognizeBatchView.as_view()),
    path("cluster-unknown-faces/", grouping.ClusterUnknownFacesView.as_view()),
    path("reject-face-cluster/", grouping.RejectFaceClusterView.as_view()),
    path("rebuild-index/", jobs.RebuildIndexView.as_view()),
    path("generate-descriptors/", jobs.GenerateDescriptorsView.as_view()),
    path("regenerate-unknown-descriptors/", jobs.RegenerateUnknownDescriptorsView.as_view()),
]
