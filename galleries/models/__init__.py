from galleries.models.challenge import LivenessChallenge
from galleries.models.cluster import FaceCluster, Occasion
from galleries.models.decision import FaceDecision
from galleries.models.description import PhotoDescription, SpareFace
from galleries.models.erased import ErasedFace
from galleries.models.face import PhotoFace
from galleries.models.gallery import Gallery
from galleries.models.job import Job
from galleries.models.person import Person, PersonLink
from galleries.models.photo import GalleryImage
from galleries.models.reference import Reference
from galleries.models.suggestion import SuggestionCount
from galleries.models.template import PersonTemplate, TemplateSet

__all__ = [
    "ErasedFace",
    "FaceCluster",
    "FaceDecision",
    "Gallery",
    "GalleryImage",
    "Job",
    "LivenessChallenge",
    "Occasion",
    "Person",
    "PersonLink",
    "PersonTemplate",
    "PhotoDescription",
    "PhotoFace",
    "Reference",
    "SpareFace",
    "SuggestionCount",
    "TemplateSet",
]
