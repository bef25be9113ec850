"""Galleries, photos, people and faces in the admin."""

from galleries.admin.cluster import FaceClusterAdmin
from galleries.admin.decision import FaceDecisionAdmin
from galleries.admin.face import PhotoFaceAdmin
from galleries.admin.gallery import GalleryAdmin
from galleries.admin.left_out import LeftOutRequestAdmin
from galleries.admin.person import PersonAdmin
from galleries.admin.photo import GalleryImageAdmin

__all__ = [
    "FaceClusterAdmin",
    "FaceDecisionAdmin",
    "GalleryAdmin",
    "GalleryImageAdmin",
    "LeftOutRequestAdmin",
    "PersonAdmin",
    "PhotoFaceAdmin",
]
