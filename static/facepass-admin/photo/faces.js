// @ts-check
/* A photo as the server describes it (galleries.staff.photo). Boxes are pixels of the photo. */

/** @typedef {{x: number, y: number, width: number, height: number}} Box */

/**
 * @typedef {object} Face
 * @property {string} id
 * @property {Box} box
 * @property {{id: string, name: string} | null} person
 * @property {boolean} verified
 * @property {boolean} hidden
 * @property {boolean} drawn
 * @property {boolean} whole stands for a person of whom no face is seen
 * @property {number | null} similarity
 * @property {string} notes
 * @property {{id: string, size: number} | null} group
 */

/**
 * @typedef {object} Photo
 * @property {string} id
 * @property {string} name
 * @property {"pending" | "processing" | "processed" | "failed" | "quarantined"} state
 * @property {string} label the state in words
 * @property {string} error
 * @property {string} taken when, and where it lay
 * @property {number} width
 * @property {number} height
 * @property {number} rotation degrees by which somebody turned it
 * @property {string} picture
 * @property {string} full the file at its full size, where browsers show it
 * @property {Face[]} faces
 */

/** Where the photo stands in the grid. @typedef {{number: number, total: number, previous: string | null, next: string | null}} Place */

/** @typedef {{photo: Photo, place?: Place, decisions: string[], face?: string, described?: boolean}} Described */

/** @typedef {Record<string, string>} Texts */

/**
 * Return how sure it is who a face shows, which is also its colour.
 * @param {Face} face
 */
export function kindOf(face) {
  if (face.hidden) return "hidden";
  if (face.verified) return "verified";
  return face.person ? "proposed" : "unknown";
}

/**
 * @param {Photo | null} photo
 * @returns {Face[]}
 */
export function shownFaces(photo) {
  return photo?.faces.filter((face) => !face.hidden) ?? [];
}

/**
 * Return the next face that wants a word, from that one on and round.
 * @param {Photo | null} photo
 * @param {string | null} [after] the id of a face
 */
export function openFace(photo, after = null) {
  const faces = shownFaces(photo);
  const at = faces.findIndex((face) => face.id === after);
  return [...faces.slice(at + 1), ...faces.slice(0, at + 1)].find((face) => !face.verified && face.id !== after);
}

/**
 * Return a box as shares of the photo's sides, for the style of what lies over it.
 * @param {Box} box
 * @param {{width: number, height: number}} photo
 */
export function placeOver(box, { width, height }) {
  return {
    left: `${(100 * box.x) / width}%`,
    top: `${(100 * box.y) / height}%`,
    width: `${(100 * box.width) / width}%`,
    height: `${(100 * box.height) / height}%`,
  };
}
