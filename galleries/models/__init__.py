from galleries.models.challenge import LivenessChallenge
from galleries.models.cluster import FaceCluster, Occasion
from galleries.models.decision import FaceDecision
from galleries.models.description import PhotoDescription, SpareFace
from galleries.models.erased import ErasedFace, LeftOutPerson, LeftOutRequest
from galleries.models.face import PhotoFace
from galleries.models.gallery import Gallery, ImportedFile
from galleries.models.job import Job
from galleries.models.person import EnrolmentConsent, Person, PersonLink
from galleries.models.photo import GalleryImage
from galleries.models.reference import Reference
from galleries.models.suggestion import SuggestionCount
from galleries.models.template import PersonTemplate, TemplateSet

__all__ = [
    "EnrolmentConsent",
    "ErasedFace",
    "FaceCluster",
    "FaceDecision",
    "Gallery",
    "GalleryImage",
    "ImportedFile",
    "Job",
    "LeftOutPerson",
    "LeftOutRequest",
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
