"""Face quality: is a face large, sharp, lit and turned to the camera enough to be recognised?

Reasons are stable codes, and several may hold at once: `too_small`, `blurred`, `turned_away`, `too_dark`, `too_bright`,
`low_confidence`; of a face by which somebody is to be known, also those of `coverings.py`.
"""

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from recognition.align import align_face
from recognition.config import QualityFilters
from recognition.coverings import list_coverings
from recognition.types import DescribedFace, DetectedFace, Landmarks, Picture, Quality

# A mean adult face in millimetres, x to the right and y down in the picture, z towards the camera: eyes, nose tip,
# corners of the mouth. x and y are ArcFace's template at 63 mm between the pupils; z is how far a nose tip (27 mm) and
# a mouth (6 mm) stand before the eyes; the nose's y makes the mean pitch of LFW zero.
FACE_MM: NDArray[np.float32] = np.array(
    [[-31.5, -37, 0], [31.5, -37, 0], [0, 3, 27], [-26, 36, 6], [26, 36, 6]], np.float32
)
# Beyond these limits a descriptor says little about the person: there the recogniser's crop of 112 pixels has a quarter
# of its pixels from the picture, or shows one eye only, or no structure.
DESCRIBABLE_LIMITS = QualityFilters(
    min_face_size=32, min_sharpness=4, min_brightness=12, max_brightness=248, max_yaw=80, max_pitch=75
)


def assess_quality(picture: Picture, face: DetectedFace, filters: QualityFilters) -> Quality:
    """Measure a face of an RGB picture and name what falls short of `filters`. Sizes are in pixels of this picture."""
    aligned = align_face(picture, face.landmarks)
    # The middle of the crop: cheeks, eyes and mouth, without hair and background.
    grey = cv2.cvtColor(aligned, cv2.COLOR_RGB2GRAY)[16:96, 16:96]
    yaw, pitch, roll = estimate_pose(face.landmarks)
    size = min(face.box.width, face.box.height)
    sharpness, brightness = float(cv2.Laplacian(grey, cv2.CV_64F).var()), float(grey.mean())
    measured = Quality(
        score=_score(face.score, size=size, sharpness=sharpness, yaw=yaw, pitch=pitch),
        size=size,
        sharpness=sharpness,
        brightness=brightness,
        yaw=yaw,
        pitch=pitch,
        roll=roll,
        coverings=list_coverings(aligned),
    )
    return replace(measured, reasons=list_shortfalls(measured, face.score, filters))


def list_shortfalls(quality: Quality, detection_score: float, filters: QualityFilters) -> tuple[str, ...]:
    """Return the codes of what falls short of `filters`, empty for a good face. `detection_score`: 0..1."""
    reasons = {
        "too_small": quality.size < filters.min_face_size,
        "blurred": quality.sharpness < filters.min_sharpness,
        "turned_away": abs(quality.yaw) > filters.max_yaw or abs(quality.pitch) > filters.max_pitch,
        "too_dark": quality.brightness < filters.min_brightness,
        "too_bright": quality.brightness > filters.max_brightness,
        "low_confidence": detection_score < filters.min_detection_score,
    }
    return tuple(code for code, holds in reasons.items() if holds)


def list_description_obstacles(face: DescribedFace) -> tuple[str, ...]:
    """Return the codes of what makes a face's descriptor worthless.

    Shortfalls from the settings' filters alone make a search less sure, but not pointless.
    """
    return list_shortfalls(face.quality, face.face.score, DESCRIBABLE_LIMITS)


def estimate_pose(landmarks: Landmarks) -> tuple[float, float, float]:
    """Return yaw, pitch and roll in degrees from five landmarks (5, 2).

    Yaw is positive where the face looks to the right edge of the picture, pitch where it looks up, roll where the head
    leans clockwise in the picture. The pose is that of a mean face under weak perspective, by least squares: good to
    about ten degrees, enough to tell a frontal face from a profile.
    """
    axis = landmarks[1] - landmarks[0]
    roll = float(np.degrees(np.arctan2(axis[1], axis[0])))
    upright = (landmarks - landmarks.mean(axis=0)) @ _rotation(roll)
    model = FACE_MM - FACE_MM.mean(axis=0)
    # Two rows of scale x rotation. The polar decomposition gives the closest orthonormal rows.
    rows = np.linalg.lstsq(model, upright, rcond=None)[0].T
    u, _, v = np.linalg.svd(rows, full_matrices=False)
    forward = np.cross(*(u @ v))
    towards = np.array([(u @ v)[0, 2], (u @ v)[1, 2]])
    yaw = float(np.degrees(np.arctan2(towards[0], max(float(forward[2]), 1e-6))))
    return yaw, float(np.degrees(np.arcsin(np.clip(-towards[1], -1, 1)))), roll


def _rotation(degrees: float) -> NDArray[np.float64]:
    angle = np.radians(degrees)
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def _score(confidence: float, *, size: float, sharpness: float, yaw: float, pitch: float) -> float:
    """Return 0..1, to rank faces of one person. Each factor saturates where more of it no longer helps recognition."""
    turned = min(1.0, (abs(yaw) / 90) ** 2 + (abs(pitch) / 90) ** 2)
    return float(confidence * min(1.0, size / 112) ** 0.5 * min(1.0, sharpness / 300) ** 0.25 * (1 - turned))
