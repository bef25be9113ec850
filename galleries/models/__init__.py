from galleries.models.description import PhotoDescription, SpareFace
from galleries.models.face import FaceCluster, PhotoFace
from galleries.models.gallery import Gallery
from galleries.models.job import Job
from galleries.models.person import Person
from galleries.models.photo import GalleryImage

__all__ = ["FaceCluster", "Gallery", "GalleryImage", "Job", "Person", "PhotoDescription", "PhotoFace", "SpareFace"]
