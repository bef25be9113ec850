/** The operations of the API by their groups. Made by clients/generate.py from the API's document. */

import type { CallOptions } from "./calls.js";
import { Group } from "./group.js";
import type { Paged } from "./paging.js";
import type { Picture } from "./pictures.js";
import type { components } from "./schema.js";
import type { Transport } from "./transport.js";

type Schemas = components["schemas"];

export interface AdminListKeys {
  /** The pagination cursor value. */
  cursor?: string;
  /** Number of results to return per page. */
  page_size?: number;
}

export interface AdminCreateKey {
  /** What people call the key. */
  name: string;
  /** What the key may do. */
  scopes?: Schemas["ScopesEnum"][];
  /** Until when it can be used; null for ever. */
  expires_at?: string | null;
}

export interface AdminRotateKey {
  /** For how many hours the old key still works. */
  overlap_hours?: number;
}

export interface AdminGetStats {
  /** The first day; by default 30 days are told. */
  from?: string;
  /** The last day; by default today. */
  to?: string;
}

export interface AdminListUsers {
  /** The pagination cursor value. */
  cursor?: string;
  /** Number of results to return per page. */
  page_size?: number;
  role?: "manager" | "owner" | "photographer" | "verifier" | "viewer";
  /** A search term. */
  search?: string;
}

export interface AuthLogout {
  /** Gets new tokens, once, within seven days. */
  refresh: string;
}

export interface AuthRefresh {
  /** Gets new tokens, once, within seven days. */
  refresh: string;
}

export interface AuthToken {
  /** The code of the authenticator app, of an account with a second factor. */
  otp?: string;
  /** The name to sign in by. */
  username: string;
  /** The account's password. */
  password: string;
}

export interface ConfigGet {
  /** Whose settings; by default the widest one's may change. */
  level?: "installation" | "studio";
}

export interface ConfigChange {
  /** The settings of recognition. */
  recognition_settings: Schemas["RecognitionSettings"];
  /** Within which bounds a studio or an event may set what. */
  override_bounds?: Record<string, unknown> | null;
  /** Whose settings; by default the widest one's may change. */
  level?: "installation" | "studio";
}

export interface ConfigListHistory {
  /** The pagination cursor value. */
  cursor?: string;
  /** Number of results to return per page. */
  page_size?: number;
}

export interface DecisionsList {
  /** The pagination cursor value. */
  cursor?: string;
  /** Number of results to return per page. */
  page_size?: number;
}

export interface EnrolmentsList {
  /** The pagination cursor value. */
  cursor?: string;
  /** Number of results to return per page. */
  page_size?: number;
  /** The person; null where nobody is known. */
  person_id?: string;
  state?: "done" | "failed" | "pending" | "running";
}

export interface FacesChange {
  /** Null takes the name away. */
  person_id?: string | null;
  /** Instead of `person_id`: the one person of that name, or a new one. */
  name?: string;
  /** Of the name that it has: true confirms it, false says that it is somebody else. */
  verified?: boolean;
  /** True: no face, or nobody who should be found; false: a face after all. */
  rejected?: boolean;
}

export interface FacesMove {
  /** The group, of the same photo session, whose person the face shows. */
  group_id: string;
}

export interface FacesBulkDelete {
  /** The faces. */
  face_ids: string[];
}

export interface FacesSearch {
  /**
   * How closely to look for faces: `fast` looks at a reduced picture once, `balanced` closer where that shows no
   * face well, `thorough` always at the large one, for small faces. By default what the operation needs. Only what
   * the settings' bounds allow.
   */
  detection?: Schemas["DetectionEnum"];
  /** Only the faces of this gallery. */
  gallery_id?: string;
  /** Only the faces of this photo session. */
  session_id?: string;
  /** The similarity from which on two faces count as one person, from 0 to 1. */
  threshold?: number;
  /** The most photos to answer with. */
  limit?: number;
  /** A picture: JPEG, PNG, WebP or HEIC. */
  file?: Picture;
  /** The face. */
  face_id?: string;
}

export interface FacesSearchSession {
  /**
   * How closely to look for faces: `fast` looks at a reduced picture once, `balanced` closer where that shows no
   * face well, `thorough` always at the large one, for small faces. By default what the operation needs. Only what
   * the settings' bounds allow.
   */
  detection?: Schemas["DetectionEnum"];
  /** The photo session. */
  session_id: string;
  /** A picture: JPEG, PNG, WebP or HEIC. */
  file?: Picture | readonly Picture[];
  /** The person; null where nobody is known. */
  person_id?: string[];
  /** With several pictures and people: photos that show any of them, or all. */
  combine?: Schemas["CombineEnum"];
  /** The similarity from which on two faces count as one person, from 0 to 1. */
  threshold?: number;
  /** The most photos to answer with. */
  limit?: number;
  /** Also say of the nearest photos that were not given why they were not. */
  explain?: boolean;
}

export interface FacesUpload {
  /** The person; null where nobody is known. */
  person_id: string;
  /** A picture: JPEG, PNG, WebP or HEIC. */
  file: Picture;
  /** Who wrote down that the person agreed. */
  consent_by?: string;
  /** Its version, its address or its title: whatever finds the text again. */
  consent_notice?: string;
  /** When the person agreed. */
  consent_at?: string;
  /**
   * Seconds to wait until the work is over; then the answer is 200 and says what came of it. As `Prefer: wait=20`,
   * of which more than the most is taken for the most.
   */
  wait?: number;
}

export interface FacesListOfUser {
  /** The pagination cursor value. */
  cursor?: string;
  /** Whether the picture was sent to enrol the person, or is a photo of an event. */
  enrolled?: boolean;
  /** Number of results to return per page. */
  page_size?: number;
  /** The person; null where nobody is known. */
  person_id?: string;
  /** Whether somebody confirmed it. */
  verified?: boolean;
}

export interface GalleriesList {
  /** Made at this moment or later. */
  created_after?: string;
  /** Made before this moment. */
  created_before?: string;
  /** The pagination cursor value. */
  cursor?: string;
  /** has faces */
  has_faces?: boolean;
  /** By created_at, title; with `-` before it, the other way round. */
  ordering?: string;
  /** Number of results to return per page. */
  page_size?: number;
  /** shows this person */
  person_id?: string;
  /** A search term. */
  search?: string;
  /** The photo session. */
  session_id?: string;
  /** Shot on this day or later. */
  shot_from?: string;
  /** Shot on this day or earlier. */
  shot_until?: string;
  /** has photos of this status */
  state?: "failed" | "pending" | "processed" | "processing" | "quarantined";
}

export interface GalleriesCreate {
  /** The name that people see. */
  title: string;
  /** The day on which the photos were taken. */
  shoot_date?: string | null;
  /** The place, in a program of your own. */
  location_id?: string | null;
  /** The photo session. */
  session_id?: string | null;
}

export interface GalleriesChange {
  /** The name that people see. */
  title?: string;
  /** The day on which the photos were taken. */
  shoot_date?: string | null;
  /** The place, in a program of your own. */
  location_id?: string | null;
  /** The photo session. */
  session_id?: string | null;
}

export interface GalleriesListImages {
  /** Made at this moment or later. */
  created_after?: string;
  /** Made before this moment. */
  created_before?: string;
  /** The pagination cursor value. */
  cursor?: string;
  /** has faces */
  has_faces?: boolean;
  /** Number of results to return per page. */
  page_size?: number;
  /** shows this person */
  person_id?: string;
  /** A search term. */
  search?: string;
  state?: ("failed" | "pending" | "processed" | "processing" | "quarantined")[];
  /** Taken at this moment or later. */
  taken_after?: string;
  /** Taken before this moment. */
  taken_before?: string;
}

export interface GalleriesUploadImages {
  /** Pictures: JPEG, PNG, WebP or HEIC. */
  files: Picture | readonly Picture[];
  /**
   * Seconds to wait until the work is over; then the answer is 200 and says what came of it. As `Prefer: wait=20`,
   * of which more than the most is taken for the most.
   */
  wait?: number;
}

export interface GroupsList {
  /** The pagination cursor value. */
  cursor?: string;
  /** The gallery. */
  gallery_id?: string;
  /** How many have a name. */
  named?: boolean;
  /** Number of results to return per page. */
  page_size?: number;
  /** The person; null where nobody is known. */
  person_id?: string;
  /** The photo session. */
  session_id?: string;
}

export interface GroupsListFaces {
  /** The pagination cursor value. */
  cursor?: string;
  /** Number of results to return per page. */
  page_size?: number;
}

export interface GroupsKeepApart {
  /** The group; null for a face that is in none. */
  group_id: string;
}

export interface GroupsMerge {
  /** The groups. */
  group_ids: string[];
}

export interface GroupsName {
  /** Null takes the name away. */
  person_id?: string | null;
  /** Instead of `person_id`: the one person of that name, or a new one. */
  name?: string;
  /** Only these faces of the group show the person; they leave it for a group of their own. */
  face_ids?: string[];
}

export interface GroupsSplit {
  /** The faces. */
  face_ids: string[];
}

export interface GroupsListSuggestions {
  /** The gallery. */
  gallery_id?: string;
  /** The photo session. */
  session_id?: string;
}

export interface ImagesList {
  /** Made at this moment or later. */
  created_after?: string;
  /** Made before this moment. */
  created_before?: string;
  /** The pagination cursor value. */
  cursor?: string;
  /** The gallery. */
  gallery_id?: string;
  /** has faces */
  has_faces?: boolean;
  /** By created_at, original_name, byte_size; with `-` before it, the other way round. */
  ordering?: string;
  /** Number of results to return per page. */
  page_size?: number;
  /** shows this person */
  person_id?: string;
  /** A search term. */
  search?: string;
  /** The photo session. */
  session_id?: string;
  state?: ("failed" | "pending" | "processed" | "processing" | "quarantined")[];
  /** Taken at this moment or later. */
  taken_after?: string;
  /** Taken before this moment. */
  taken_before?: string;
}

export interface ImagesListFaces {
  /** The pagination cursor value. */
  cursor?: string;
  /** Whether the picture was sent to enrol the person, or is a photo of an event. */
  enrolled?: boolean;
  /** How many have a name. */
  named?: boolean;
  /** Number of results to return per page. */
  page_size?: number;
  /** The person; null where nobody is known. */
  person_id?: string;
  /** What was refused, or is said to be no face. */
  rejected?: boolean;
  /** Whether somebody confirmed it. */
  verified?: boolean;
}

export interface ImagesBulkDelete {
  /** The photos. */
  photo_ids: string[];
}

export interface PeopleList {
  /** Made at this moment or later. */
  created_after?: string;
  /** Made before this moment. */
  created_before?: string;
  /** The pagination cursor value. */
  cursor?: string;
  /** E-mail address, which one person of a studio has. */
  email?: string;
  /** What your own program calls the person; one person of a studio has it. */
  external_id?: string;
  /** has faces */
  has_faces?: boolean;
  /** By created_at, real_name; with `-` before it, the other way round. */
  ordering?: string;
  /** Number of results to return per page. */
  page_size?: number;
  /** A search term. */
  search?: string;
}

export interface PeopleCreate {
  /** The person's name. */
  real_name: string;
  /** E-mail address, which one person of a studio has. */
  email?: string | null;
  /** What your own program calls the person; one person of a studio has it. */
  external_id?: string | null;
  /** Address of a picture of the person, fetched with the key where it is one of FacePass's. */
  avatar_url?: string;
  /** Any JSON of your own. */
  metadata?: Record<string, unknown>;
}

export interface PeopleChange {
  /** The person's name. */
  real_name?: string;
  /** E-mail address, which one person of a studio has. */
  email?: string | null;
  /** What your own program calls the person; one person of a studio has it. */
  external_id?: string | null;
  /** Address of a picture of the person, fetched with the key where it is one of FacePass's. */
  avatar_url?: string;
  /** Any JSON of your own. */
  metadata?: Record<string, unknown>;
}

export interface PeopleMerge {
  /** The people. */
  person_ids: string[];
}

export interface PeopleBulk {
  /** The people. */
  people: Record<string, unknown>[];
}

export interface PeopleBulkDelete {
  /** The people. */
  person_ids: string[];
}

export interface PrivacyGet {
  /** Whose settings; by default the widest one's may change. */
  level?: "installation" | "studio";
}

export interface PrivacyChange {
  /** The legal basis of the processing. */
  legal_basis?: Schemas["LegalBasisEnum"] | Schemas["NullEnum"];
  /** Why the legal basis holds. */
  basis_note?: string | null;
  /** How long what is kept. */
  retention?: Schemas["DaysRequest"];
  /** Within which bounds events set their deadlines. */
  bounds?: Schemas["AllBoundsRequest"];
  /** Whose settings; by default the widest one's may change. */
  level?: "installation" | "studio";
}

export interface PrivacyChangeOfSession {
  /** The legal basis of the processing. */
  legal_basis?: Schemas["LegalBasisEnum"] | Schemas["NullEnum"];
  /** Why the legal basis holds. */
  basis_note?: string | null;
  /** How long what is kept. */
  retention?: Schemas["DaysRequest"];
}

export interface RecognitionRecognizeBatch {
  /**
   * How closely to look for faces: `fast` looks at a reduced picture once, `balanced` closer where that shows no
   * face well, `thorough` always at the large one, for small faces. By default what the operation needs. Only what
   * the settings' bounds allow.
   */
  detection?: Schemas["DetectionEnum"];
  /** The similarity from which on two faces count as one person, from 0 to 1. */
  threshold?: number;
  /** How many people to name for each face at most. */
  candidates?: number;
  /** Pictures: JPEG, PNG, WebP or HEIC. */
  files?: Picture | readonly Picture[];
  /** The gallery. */
  gallery_id?: string;
}

export interface RecognitionBatchRecognize {
  /**
   * How closely to look for faces: `fast` looks at a reduced picture once, `balanced` closer where that shows no
   * face well, `thorough` always at the large one, for small faces. By default what the operation needs. Only what
   * the settings' bounds allow.
   */
  detection?: Schemas["DetectionEnum"];
  /** The similarity from which on two faces count as one person, from 0 to 1. */
  threshold?: number;
  /** How many people to name for each face at most. */
  candidates?: number;
  /** Pictures: JPEG, PNG, WebP or HEIC. */
  files?: Picture | readonly Picture[];
  /** The gallery. */
  gallery_id?: string;
}

export interface RecognitionClusterUnknownFaces {
  /** The photo session. */
  session_id?: string;
  /** The gallery. */
  gallery_id?: string;
  /** Make undecided groups anew. */
  rebuild?: boolean;
}

export interface RecognitionDetectFaces {
  /**
   * How closely to look for faces: `fast` looks at a reduced picture once, `balanced` closer where that shows no
   * face well, `thorough` always at the large one, for small faces. By default what the operation needs. Only what
   * the settings' bounds allow.
   */
  detection?: Schemas["DetectionEnum"];
  /** A picture: JPEG, PNG, WebP or HEIC. */
  file?: Picture;
  /** The photo. */
  photo_id?: string;
  /** Write what is found to the photo's faces, as its analysis does. Needs `photo_id`. */
  save?: boolean;
}

export interface RecognitionRecognizeFace {
  /**
   * How closely to look for faces: `fast` looks at a reduced picture once, `balanced` closer where that shows no
   * face well, `thorough` always at the large one, for small faces. By default what the operation needs. Only what
   * the settings' bounds allow.
   */
  detection?: Schemas["DetectionEnum"];
  /** The similarity from which on two faces count as one person, from 0 to 1. */
  threshold?: number;
  /** How many people to name for each face at most. */
  candidates?: number;
  /** A picture: JPEG, PNG, WebP or HEIC. */
  file: Picture;
}

export interface RecognitionRejectFaceCluster {
  /** The group; null for a face that is in none. */
  group_id: string;
}

export interface SessionsList {
  /** The pagination cursor value. */
  cursor?: string;
  /** Number of results to return per page. */
  page_size?: number;
}

export interface SessionsCreate {
  /** What it is addressed by. */
  id?: string;
  /** The name. */
  name: string;
  /** Any text. */
  description?: string;
  /** The photographer, in a program of your own. */
  photographer_id?: string | null;
  /** The package that was ordered, in a program of your own. */
  service_package_id?: string | null;
  /** Scheduled, in progress or over. */
  status?: Schemas["SessionStatusEnum"];
  /** When the session begins; null where that is not known. */
  scheduled_at?: string | null;
  /** When it ended; null while it runs. */
  completed_at?: string | null;
  /**
   * Of an event abroad: in which its dates are read, and in which cameras that write no zone are set. Changed, it
   * moves the times of their photos.
   */
  time_zone?: string;
  /** Whether guests and partners may search the session by a face. */
  facepass_enabled?: boolean;
}

export interface SessionsChange {
  /** What it is addressed by. */
  id?: string;
  /** The name. */
  name?: string;
  /** Any text. */
  description?: string;
  /** The photographer, in a program of your own. */
  photographer_id?: string | null;
  /** The package that was ordered, in a program of your own. */
  service_package_id?: string | null;
  /** Scheduled, in progress or over. */
  status?: Schemas["SessionStatusEnum"];
  /** When the session begins; null where that is not known. */
  scheduled_at?: string | null;
  /** When it ended; null while it runs. */
  completed_at?: string | null;
  /**
   * Of an event abroad: in which its dates are read, and in which cameras that write no zone are set. Changed, it
   * moves the times of their photos.
   */
  time_zone?: string;
  /** Whether guests and partners may search the session by a face. */
  facepass_enabled?: boolean;
}

export interface SessionsGetAnalytics {
  /** The first day; by default 30 days are told. */
  from?: string;
  /** The last day; by default today. */
  to?: string;
}

export interface SessionsChangeConfig {
  /** The settings of recognition. */
  recognition_settings: Schemas["RecognitionSettings"];
}

export interface SessionsValidateMany {
  /** The photo sessions. */
  ids: string[];
}

export interface TasksList {
  /** Made at this moment or later. */
  created_after?: string;
  /** Made before this moment. */
  created_before?: string;
  /** The pagination cursor value. */
  cursor?: string;
  /** What kind it is. */
  kind?: string;
  /** Number of results to return per page. */
  page_size?: number;
  state?: ("cancelled" | "done" | "failed" | "pending" | "running")[];
}

export interface TrainingExecute {
  /** A prepared training, whose data must still be as then. */
  training_id?: string;
}

export interface TrainingList {
  /** The pagination cursor value. */
  cursor?: string;
  /** Number of results to return per page. */
  page_size?: number;
}

export interface TrashList {
  /** The pagination cursor value. */
  cursor?: string;
  /** Deleted at this moment or later. */
  deleted_after?: string;
  /** Deleted before this moment. */
  deleted_before?: string;
  /**
   * * `event` - photo session
   * * `event_contents` - galleries and guests of a photo session
   * * `guest_upload` - photo from a guest
   */
  kind?: "event" | "event_contents" | "gallery" | "guest_upload" | "person" | "photo";
  /** By deleted_at, due_at; with `-` before it, the other way round. */
  ordering?: string;
  /** Number of results to return per page. */
  page_size?: number;
  /** A search term. */
  search?: string;
}

export interface UsersList {
  /** Made at this moment or later. */
  created_after?: string;
  /** Made before this moment. */
  created_before?: string;
  /** The pagination cursor value. */
  cursor?: string;
  /** E-mail address, which one person of a studio has. */
  email?: string;
  /** What your own program calls the person; one person of a studio has it. */
  external_id?: string;
  /** has faces */
  has_faces?: boolean;
  /** By created_at, real_name; with `-` before it, the other way round. */
  ordering?: string;
  /** Number of results to return per page. */
  page_size?: number;
  /** A search term. */
  search?: string;
}

export interface UsersCreate {
  /** E-mail address, which one person of a studio has. */
  email: string | null;
  /** First and last name. */
  full_name: string;
  /** What your own program calls the person; one person of a studio has it. */
  external_id?: string | null;
  /** Any JSON of your own. */
  metadata?: Record<string, unknown>;
}

export interface UsersChange {
  /** E-mail address, which one person of a studio has. */
  email?: string | null;
  /** First and last name. */
  full_name?: string;
  /** What your own program calls the person; one person of a studio has it. */
  external_id?: string | null;
  /** Any JSON of your own. */
  metadata?: Record<string, unknown>;
}

export interface VerificationCompare {
  /**
   * How closely to look for faces: `fast` looks at a reduced picture once, `balanced` closer where that shows no
   * face well, `thorough` always at the large one, for small faces. By default what the operation needs. Only what
   * the settings' bounds allow.
   */
  detection?: Schemas["DetectionEnum"];
  /** A picture: JPEG, PNG, WebP or HEIC. */
  file: Picture;
  /** The other picture. */
  other_file: Picture;
  /** By default `confidence_thresholds.verify`. */
  threshold?: number;
}

export interface VerificationCheckLiveness {
  /**
   * How closely to look for faces: `fast` looks at a reduced picture once, `balanced` closer where that shows no
   * face well, `thorough` always at the large one, for small faces. By default what the operation needs. Only what
   * the settings' bounds allow.
   */
  detection?: Schemas["DetectionEnum"];
  /** A picture: JPEG, PNG, WebP or HEIC. */
  file?: Picture;
  /** The challenge. */
  challenge_id?: string;
  /** The frames of a challenge. */
  files?: Picture | readonly Picture[];
}

export interface VerificationListReferences {
  /** The pagination cursor value. */
  cursor?: string;
  /** Number of results to return per page. */
  page_size?: number;
}

export interface VerificationCreateReference {
  /**
   * How closely to look for faces: `fast` looks at a reduced picture once, `balanced` closer where that shows no
   * face well, `thorough` always at the large one, for small faces. By default what the operation needs. Only what
   * the settings' bounds allow.
   */
  detection?: Schemas["DetectionEnum"];
  /** A picture: JPEG, PNG, WebP or HEIC. */
  file: Picture;
  /** Any text of your own. */
  label?: string;
}

export interface VerificationVerify {
  /**
   * How closely to look for faces: `fast` looks at a reduced picture once, `balanced` closer where that shows no
   * face well, `thorough` always at the large one, for small faces. By default what the operation needs. Only what
   * the settings' bounds allow.
   */
  detection?: Schemas["DetectionEnum"];
  /** A picture: JPEG, PNG, WebP or HEIC. */
  file: Picture;
  /** The reference. */
  reference_id?: string;
  /** The person; null where nobody is known. */
  person_id?: string;
  /** The other picture. */
  other_file?: Picture;
  /** By default `confidence_thresholds.verify`. */
  threshold?: number;
}

export interface WebhooksList {
  /** The pagination cursor value. */
  cursor?: string;
  /** Number of results to return per page. */
  page_size?: number;
}

export interface WebhooksCreate {
  /** Where events are sent: an address that this server can reach. */
  url: string;
  /** Any text. */
  description?: string;
  /** The kinds of events that are delivered. */
  events: Schemas["EventsEnum"][];
  /** Whether events are delivered. */
  enabled?: boolean;
}

export interface WebhooksChange {
  /** Where events are sent: an address that this server can reach. */
  url?: string;
  /** Any text. */
  description?: string;
  /** The kinds of events that are delivered. */
  events?: Schemas["EventsEnum"][];
  /** Whether events are delivered. */
  enabled?: boolean;
}

export interface WebhooksListDeliveries {
  /** The pagination cursor value. */
  cursor?: string;
  /** Number of results to return per page. */
  page_size?: number;
}

export class Admin extends Group {
  /**
   * List API keys. GET /api/v1/admin/keys
   *
   * Newest first, revoked ones too. No answer has a key itself. In pages of 50, 200 at most (`page_size`); `next`
   * has the address of the next page.
   */
  listKeys(input: AdminListKeys = {}, options?: CallOptions): Paged<Schemas["Key"]> {
    return this.paged({ method: "GET", path: "/api/v1/admin/keys", query: ["cursor", "page_size"] }, {}, input, options);
  }

  /**
   * Make an API key. POST /api/v1/admin/keys
   *
   * Issues a key. Its token stands in this answer and nowhere else.
   */
  createKey(input: AdminCreateKey, options?: CallOptions): Promise<Schemas["IssuedKey"]> {
    return this.json({ method: "POST", path: "/api/v1/admin/keys", body: "json" }, {}, input, options);
  }

  /**
   * Get an API key. GET /api/v1/admin/keys/{key_id}
   *
   * Without the key itself, which nobody can read again. 404 for another studio's, as for one that there never
   * was.
   */
  getKey(keyId: string, options?: CallOptions): Promise<Schemas["Key"]> {
    return this.json({ method: "GET", path: "/api/v1/admin/keys/{key_id}" }, { key_id: keyId }, {}, options);
  }

  /**
   * Revoke an API key. POST /api/v1/admin/keys/{key_id}/revoke
   *
   * From now on the key is refused. Revoking it again changes nothing.
   */
  revokeKey(keyId: string, options?: CallOptions): Promise<Schemas["Key"]> {
    return this.json({ method: "POST", path: "/api/v1/admin/keys/{key_id}/revoke" }, { key_id: keyId }, {}, options);
  }

  /**
   * Replace an API key by a new one. POST /api/v1/admin/keys/{key_id}/rotate
   *
   * Issues a successor that may do the same. The old key works on for `overlap_hours`.
   */
  rotateKey(keyId: string, input: AdminRotateKey = {}, options?: CallOptions): Promise<Schemas["IssuedKey"]> {
    return this.json({ method: "POST", path: "/api/v1/admin/keys/{key_id}/rotate", body: "json" }, { key_id: keyId }, input, options);
  }

  /**
   * Count what there is and how it is used. GET /api/v1/admin/stats
   *
   * Of the caller's studios; the queue is the whole installation's.
   */
  getStats(input: AdminGetStats = {}, options?: CallOptions): Promise<Schemas["Stats"]> {
    return this.json({ method: "GET", path: "/api/v1/admin/stats", query: ["from", "to"] }, {}, input, options);
  }

  /**
   * List the studio's staff. GET /api/v1/admin/users
   *
   * By name, with the role in the studio. In pages of 50, 200 at most (`page_size`); `next` has the address of the
   * next page.
   */
  listUsers(input: AdminListUsers = {}, options?: CallOptions): Paged<Schemas["Staff"]> {
    return this.paged({ method: "GET", path: "/api/v1/admin/users", query: ["cursor", "page_size", "role", "search"] }, {}, input, options);
  }
}

export class Auth extends Group {
  /**
   * End a sign-in. POST /api/v1/auth/logout
   *
   * Ends all tokens that came of the sign-in to which this refresh token belongs; also if it was spent.
   */
  logout(input: AuthLogout, options?: CallOptions): Promise<void> {
    return this.nothing({ method: "POST", path: "/api/v1/auth/logout", body: "json" }, {}, input, options);
  }

  /**
   * Get new tokens by a refresh token. POST /api/v1/auth/refresh
   *
   * New tokens for a refresh token, which is spent thereby. Used again, it ends all tokens of its sign-in.
   */
  refresh(input: AuthRefresh, options?: CallOptions): Promise<Schemas["NewTokens"]> {
    return this.json({ method: "POST", path: "/api/v1/auth/refresh", body: "json" }, {}, input, options);
  }

  /**
   * Get tokens by a name and a password. POST /api/v1/auth/token
   *
   * An access token (15 minutes) and a refresh token (7 days) for a name and a password.
   *
   * Who has a second factor sends its code, or a recovery code, as `otp` as well.
   */
  token(input: AuthToken, options?: CallOptions): Promise<Schemas["Tokens"]> {
    return this.json({ method: "POST", path: "/api/v1/auth/token", body: "json" }, {}, input, options);
  }
}

export class Config extends Group {
  /**
   * Get the recognition settings. GET /api/v2/config
   *
   * With where each setting comes from, and an `ETag` for `If-Match`.
   */
  get(input: ConfigGet = {}, options?: CallOptions): Promise<Schemas["Config"]> {
    return this.json({ method: "GET", path: "/api/v2/config", query: ["level"] }, {}, input, options);
  }

  /**
   * Change the recognition settings. PUT /api/v2/config
   *
   * Changes what it names, checks the whole, and holds from the next photo or search on.
   */
  change(input: ConfigChange, options?: CallOptions): Promise<Schemas["Config"]> {
    return this.json({ method: "PUT", path: "/api/v2/config", query: ["level"], body: "json" }, {}, input, options);
  }

  /**
   * List changes of the recognition settings. GET /api/v2/config/history
   *
   * Who changed what, newest first: in the caller's studios; with the scope `installation` everywhere.
   */
  listHistory(input: ConfigListHistory = {}, options?: CallOptions): Paged<Schemas["ConfigChange"]> {
    return this.paged({ method: "GET", path: "/api/v2/config/history", query: ["cursor", "page_size"] }, {}, input, options);
  }
}

export class Decisions extends Group {
  /**
   * List decisions about faces. GET /api/v1/decisions
   *
   * What people decided about faces, latest first.
   */
  list(input: DecisionsList = {}, options?: CallOptions): Paged<Schemas["Decision"]> {
    return this.paged({ method: "GET", path: "/api/v1/decisions", query: ["cursor", "page_size"] }, {}, input, options);
  }

  /**
   * Get a decision. GET /api/v1/decisions/{decision_id}
   *
   * What people decided about faces, latest first.
   */
  get(decisionId: string, options?: CallOptions): Promise<Schemas["Decision"]> {
    return this.json({ method: "GET", path: "/api/v1/decisions/{decision_id}" }, { decision_id: decisionId }, {}, options);
  }

  /**
   * Undo a decision. POST /api/v1/decisions/{decision_id}/undo
   *
   * Undo the decision: the faces are as they were before it. 409 while a later one about them stands.
   */
  undo(decisionId: string, options?: CallOptions): Promise<Schemas["Decision"]> {
    return this.json({ method: "POST", path: "/api/v1/decisions/{decision_id}/undo", isIdempotent: true }, { decision_id: decisionId }, {}, options);
  }
}

export class Enrolments extends Group {
  /**
   * List pictures that were sent to enrol people. GET /api/v1/enrolments
   *
   * Pictures that enrol people, latest first: those that wait, and those that were refused, with their reasons.
   */
  list(input: EnrolmentsList = {}, options?: CallOptions): Paged<Schemas["Enrolment"]> {
    return this.paged({ method: "GET", path: "/api/v1/enrolments", query: ["cursor", "page_size", "person_id", "state"] }, {}, input, options);
  }

  /**
   * Get what came of an enrolment. GET /api/v1/enrolments/{task_id}
   *
   * Pictures that enrol people, latest first: those that wait, and those that were refused, with their reasons.
   */
  get(taskId: string, options?: CallOptions): Promise<Schemas["Enrolment"]> {
    return this.json({ method: "GET", path: "/api/v1/enrolments/{task_id}" }, { task_id: taskId }, {}, options);
  }

  /**
   * Remove an enrolment. DELETE /api/v1/enrolments/{task_id}
   *
   * Pictures that enrol people, latest first: those that wait, and those that were refused, with their reasons.
   */
  delete(taskId: string, options?: CallOptions): Promise<void> {
    return this.nothing({ method: "DELETE", path: "/api/v1/enrolments/{task_id}" }, { task_id: taskId }, {}, options);
  }
}

export class Faces extends Group {
  /**
   * Get a face. GET /api/v1/faces/{face_id}
   *
   * Deleting takes the descriptors along, and the picture too where it only enrols the face. In a photo of an
   * event
   * the face stays away: no later analysis and no other model finds it there again.
   */
  get(faceId: string, options?: CallOptions): Promise<Schemas["Face"]> {
    return this.json({ method: "GET", path: "/api/v1/faces/{face_id}" }, { face_id: faceId }, {}, options);
  }

  /**
   * Name, confirm or reject a face. PATCH /api/v1/faces/{face_id}
   *
   * Names a face of an event, confirms or denies its name, rejects or shows it: a decision to be undone.
   */
  change(faceId: string, input: FacesChange = {}, options?: CallOptions): Promise<Schemas["ChangedFace"]> {
    return this.json({ method: "PATCH", path: "/api/v1/faces/{face_id}", body: "json" }, { face_id: faceId }, input, options);
  }

  /**
   * Erase a face. DELETE /api/v1/faces/{face_id}
   *
   * Deleting takes the descriptors along, and the picture too where it only enrols the face. In a photo of an
   * event
   * the face stays away: no later analysis and no other model finds it there again.
   */
  delete(faceId: string, options?: CallOptions): Promise<void> {
    return this.nothing({ method: "DELETE", path: "/api/v1/faces/{face_id}" }, { face_id: faceId }, {}, options);
  }

  /**
   * Move a face to another group. POST /api/v1/faces/{face_id}/move
   *
   * Moves the face to another group, whose name it has then, or none.
   */
  move(faceId: string, input: FacesMove, options?: CallOptions): Promise<Schemas["ChangedFace"]> {
    return this.json({ method: "POST", path: "/api/v1/faces/{face_id}/move", body: "json", isIdempotent: true }, { face_id: faceId }, input, options);
  }

  /**
   * Erase many faces. POST /api/v1/faces/bulk-delete
   *
   * Erases up to 1,000 faces, each as `DELETE /api/v1/faces/{id}/` does; one that is not there stops no other.
   */
  bulkDelete(input: FacesBulkDelete, options?: CallOptions): Promise<Schemas["DeletedMany"]> {
    return this.json({ method: "POST", path: "/api/v1/faces/bulk-delete", body: "json", isIdempotent: true }, {}, input, options);
  }

  /**
   * Find the studio's photos with a face. POST /api/v1/faces/search
   *
   * The faces of the studio that are most like a face.
   */
  search(input: FacesSearch = {}, options?: CallOptions): Promise<Schemas["FacesAnswer"]> {
    return this.json({ method: "POST", path: "/api/v1/faces/search", body: "either", isIdempotent: true }, {}, input, options);
  }

  /**
   * Find a session's photos with a face. POST /api/v1/faces/search-session
   *
   * Up to five pictures, and people by their ids. No match is 200 with an empty list; photos below the threshold
   * are in `possible`.
   */
  searchSession(input: FacesSearchSession, options?: CallOptions): Promise<Schemas["SearchAnswer"]> {
    return this.json({ method: "POST", path: "/api/v1/faces/search-session", body: "form", isIdempotent: true }, {}, input, options);
  }

  /**
   * Enrol a person by a picture. POST /api/v1/faces/upload
   *
   * Enrols a person by a picture, which must show exactly one usable face. A worker looks for it.
   *
   * With `wait` the answer is 200 where it is over in time: its `state` is `done` or `failed`.
   */
  upload(input: FacesUpload, options?: CallOptions): Promise<Schemas["Enrolled"]> {
    return this.json({ method: "POST", path: "/api/v1/faces/upload", query: ["wait"], body: "form", isIdempotent: true }, {}, input, options);
  }

  /**
   * List a person's faces. GET /api/v1/faces/user/{user_id}
   *
   * Faces in events' photos and in pictures that enrol the person. In pages of 50, 200 at most (`page_size`);
   * `next` has the address of the next page.
   */
  listOfUser(userId: string, input: FacesListOfUser = {}, options?: CallOptions): Paged<Schemas["Face"]> {
    return this.paged({ method: "GET", path: "/api/v1/faces/user/{user_id}", query: ["cursor", "enrolled", "page_size", "person_id", "verified"] }, { user_id: userId }, input, options);
  }
}

export class Galleries extends Group {
  /**
   * List galleries. GET /api/v1/galleries
   *
   * Newest first, unless `ordering` says otherwise. In pages of 50, 200 at most (`page_size`); `next` has the
   * address of the next page.
   */
  list(input: GalleriesList = {}, options?: CallOptions): Paged<Schemas["Gallery"]> {
    return this.paged({ method: "GET", path: "/api/v1/galleries", query: ["created_after", "created_before", "cursor", "has_faces", "ordering", "page_size", "person_id", "search", "session_id", "shot_from", "shot_until", "state"] }, {}, input, options);
  }

  /**
   * Make a gallery. POST /api/v1/galleries
   *
   * With `session_id` its photos are found by guests of that photo session.
   */
  create(input: GalleriesCreate, options?: CallOptions): Promise<Schemas["Gallery"]> {
    return this.json({ method: "POST", path: "/api/v1/galleries", body: "json", isIdempotent: true }, {}, input, options);
  }

  /**
   * Get a gallery. GET /api/v1/galleries/{gallery_id}
   *
   * 404 for another studio's, as for one that there never was.
   */
  get(galleryId: string, options?: CallOptions): Promise<Schemas["Gallery"]> {
    return this.json({ method: "GET", path: "/api/v1/galleries/{gallery_id}" }, { gallery_id: galleryId }, {}, options);
  }

  /**
   * Change a gallery. PATCH /api/v1/galleries/{gallery_id}
   *
   * What is left out stays as it is.
   */
  change(galleryId: string, input: GalleriesChange = {}, options?: CallOptions): Promise<Schemas["Gallery"]> {
    return this.json({ method: "PATCH", path: "/api/v1/galleries/{gallery_id}", body: "json" }, { gallery_id: galleryId }, input, options);
  }

  /**
   * Delete a gallery. DELETE /api/v1/galleries/{gallery_id}
   *
   * Moves it to the trash with all that belongs to it; 202 with a task where that is more than 1,000 photos.
   */
  delete(galleryId: string, options?: CallOptions): Promise<Schemas["Started"] | null> {
    return this.json({ method: "DELETE", path: "/api/v1/galleries/{gallery_id}" }, { gallery_id: galleryId }, {}, options);
  }

  /**
   * List a gallery's photos. GET /api/v1/galleries/{gallery_id}/images
   *
   * The gallery's photos, oldest first, with the filters of `/api/v1/images/`.
   */
  listImages(galleryId: string, input: GalleriesListImages = {}, options?: CallOptions): Paged<Schemas["Photo"]> {
    return this.paged({ method: "GET", path: "/api/v1/galleries/{gallery_id}/images", query: ["created_after", "created_before", "cursor", "has_faces", "page_size", "person_id", "search", "state", "taken_after", "taken_before"] }, { gallery_id: galleryId }, input, options);
  }

  /**
   * Upload photos. POST /api/v1/galleries/{gallery_id}/images
   *
   * Adds photos. With `wait` the answer is 200 where all are analysed in time, and says what came of each.
   */
  uploadImages(galleryId: string, input: GalleriesUploadImages, options?: CallOptions): Promise<Schemas["UploadReport"]> {
    return this.json({ method: "POST", path: "/api/v1/galleries/{gallery_id}/images", query: ["wait"], body: "form", isIdempotent: true }, { gallery_id: galleryId }, input, options);
  }

  /**
   * Get how far the analysis is. GET /api/v1/galleries/{gallery_id}/progress
   *
   * Done when `pending` and `processing` are 0; faces are grouped by then.
   */
  getProgress(galleryId: string, options?: CallOptions): Promise<Schemas["Progress"]> {
    return this.json({ method: "GET", path: "/api/v1/galleries/{gallery_id}/progress" }, { gallery_id: galleryId }, {}, options);
  }
}

export class Groups extends Group {
  /**
   * List groups of faces. GET /api/v1/groups
   *
   * Largest first. In pages of 50, 200 at most (`page_size`); `next` has the address of the next page.
   */
  list(input: GroupsList = {}, options?: CallOptions): Paged<Schemas["Group"]> {
    return this.paged({ method: "GET", path: "/api/v1/groups", query: ["cursor", "gallery_id", "named", "page_size", "person_id", "session_id"] }, {}, input, options);
  }

  /**
   * Get a group. GET /api/v1/groups/{group_id}
   *
   * 404 for another studio's, as for one that there never was.
   */
  get(groupId: string, options?: CallOptions): Promise<Schemas["Group"]> {
    return this.json({ method: "GET", path: "/api/v1/groups/{group_id}" }, { group_id: groupId }, {}, options);
  }

  /**
   * List a group's faces. GET /api/v1/groups/{group_id}/faces
   *
   * In pages of 50, 200 at most (`page_size`); `next` has the address of the next page.
   */
  listFaces(groupId: string, input: GroupsListFaces = {}, options?: CallOptions): Paged<Schemas["ShownFace"]> {
    return this.paged({ method: "GET", path: "/api/v1/groups/{group_id}/faces", query: ["cursor", "page_size"] }, { group_id: groupId }, input, options);
  }

  /**
   * Say that two groups are two people. POST /api/v1/groups/{id}/keep-apart
   *
   * They show two people, however alike.
   */
  keepApart(id: string, input: GroupsKeepApart, options?: CallOptions): Promise<Schemas["Decision"]> {
    return this.json({ method: "POST", path: "/api/v1/groups/{id}/keep-apart", body: "json", isIdempotent: true }, { id: id }, input, options);
  }

  /**
   * Say that groups are one person. POST /api/v1/groups/{group_id}/merge
   *
   * They show one person.
   */
  merge(groupId: string, input: GroupsMerge, options?: CallOptions): Promise<Schemas["Decision"]> {
    return this.json({ method: "POST", path: "/api/v1/groups/{group_id}/merge", body: "json", isIdempotent: true }, { group_id: groupId }, input, options);
  }

  /**
   * Name a group. POST /api/v1/groups/{group_id}/name
   *
   * They show this person. A second group of a person joins the first.
   */
  name(groupId: string, input: GroupsName = {}, options?: CallOptions): Promise<Schemas["Named"]> {
    return this.json({ method: "POST", path: "/api/v1/groups/{group_id}/name", body: "json", isIdempotent: true }, { group_id: groupId }, input, options);
  }

  /**
   * Reject a group. POST /api/v1/groups/{group_id}/reject
   *
   * Not faces, or nobody who should be found.
   */
  reject(groupId: string, options?: CallOptions): Promise<Schemas["Decision"]> {
    return this.json({ method: "POST", path: "/api/v1/groups/{group_id}/reject", isIdempotent: true }, { group_id: groupId }, {}, options);
  }

  /**
   * Split faces off a group. POST /api/v1/groups/{group_id}/split
   *
   * These of its faces are somebody else.
   */
  split(groupId: string, input: GroupsSplit, options?: CallOptions): Promise<Schemas["Decision"]> {
    return this.json({ method: "POST", path: "/api/v1/groups/{group_id}/split", body: "json", isIdempotent: true }, { group_id: groupId }, input, options);
  }

  /**
   * List groups that may be one person. GET /api/v1/groups/suggestions
   *
   * Pairs that may be one person, the most alike first.
   */
  listSuggestions(input: GroupsListSuggestions = {}, options?: CallOptions): Promise<Schemas["Suggestion"][]> {
    return this.json({ method: "GET", path: "/api/v1/groups/suggestions", query: ["gallery_id", "session_id"] }, {}, input, options);
  }
}

export class Guests extends Group {
  /**
   * Erase a guest. DELETE /api/v1/guests/{guest_id}
   *
   * Deletes all that is kept of the guest, at once and for good; the record of the consent stays as proof.
   */
  delete(guestId: string, options?: CallOptions): Promise<void> {
    return this.nothing({ method: "DELETE", path: "/api/v1/guests/{guest_id}" }, { guest_id: guestId }, {}, options);
  }

  /**
   * Get everything that is kept of a guest. GET /api/v1/guests/{guest_id}/export
   *
   * Everything that is kept of a guest, as a ZIP: `data.json` and the photos found. Descriptors are left out.
   */
  export(guestId: string, options?: CallOptions): Promise<Blob> {
    return this.content({ method: "GET", path: "/api/v1/guests/{guest_id}/export" }, { guest_id: guestId }, {}, options);
  }
}

export class Images extends Group {
  /**
   * List photos. GET /api/v1/images
   *
   * /api/v1/images/{id}
   */
  list(input: ImagesList = {}, options?: CallOptions): Paged<Schemas["Photo"]> {
    return this.paged({ method: "GET", path: "/api/v1/images", query: ["created_after", "created_before", "cursor", "gallery_id", "has_faces", "ordering", "page_size", "person_id", "search", "session_id", "state", "taken_after", "taken_before"] }, {}, input, options);
  }

  /**
   * List a photo's faces. GET /api/v1/images/{photo_id}/faces
   *
   * The faces of a photo, rejected ones too.
   */
  listFaces(photoId: string, input: ImagesListFaces = {}, options?: CallOptions): Paged<Schemas["Face"]> {
    return this.paged({ method: "GET", path: "/api/v1/images/{photo_id}/faces", query: ["cursor", "enrolled", "named", "page_size", "person_id", "rejected", "verified"] }, { photo_id: photoId }, input, options);
  }

  /**
   * Get a photo. GET /api/v1/images/{photo_id}
   *
   * /api/v1/images/{id}
   */
  get(photoId: string, options?: CallOptions): Promise<Schemas["Photo"]> {
    return this.json({ method: "GET", path: "/api/v1/images/{photo_id}" }, { photo_id: photoId }, {}, options);
  }

  /**
   * Delete a photo. DELETE /api/v1/images/{photo_id}
   *
   * Moves it to the trash with all that belongs to it; 202 with a task where that is more than 1,000 photos.
   */
  delete(photoId: string, options?: CallOptions): Promise<Schemas["Started"] | null> {
    return this.json({ method: "DELETE", path: "/api/v1/images/{photo_id}" }, { photo_id: photoId }, {}, options);
  }

  /**
   * Delete many photos. POST /api/v1/images/bulk-delete
   *
   * Moves up to 1,000 photos to the trash, as one entry; one that is not there stops no other.
   */
  bulkDelete(input: ImagesBulkDelete, options?: CallOptions): Promise<Schemas["DeletedMany"]> {
    return this.json({ method: "POST", path: "/api/v1/images/bulk-delete", body: "json", isIdempotent: true }, {}, input, options);
  }
}

export class People extends Group {
  /**
   * List people. GET /api/v1/people
   *
   * Newest first, unless `ordering` says otherwise. In pages of 50, 200 at most (`page_size`); `next` has the
   * address of the next page.
   */
  list(input: PeopleList = {}, options?: CallOptions): Paged<Schemas["Person"]> {
    return this.paged({ method: "GET", path: "/api/v1/people", query: ["created_after", "created_before", "cursor", "email", "external_id", "has_faces", "ordering", "page_size", "search"] }, {}, input, options);
  }

  /**
   * Make a person. POST /api/v1/people
   *
   * `email` and `external_id` belong to one person of the studio.
   */
  create(input: PeopleCreate, options?: CallOptions): Promise<Schemas["Person"]> {
    return this.json({ method: "POST", path: "/api/v1/people", body: "json", isIdempotent: true }, {}, input, options);
  }

  /**
   * Get a person. GET /api/v1/people/{person_id}
   *
   * 404 for another studio's, as for one that there never was.
   */
  get(personId: string, options?: CallOptions): Promise<Schemas["Person"]> {
    return this.json({ method: "GET", path: "/api/v1/people/{person_id}" }, { person_id: personId }, {}, options);
  }

  /**
   * Change a person. PATCH /api/v1/people/{person_id}
   *
   * What is left out stays as it is.
   */
  change(personId: string, input: PeopleChange = {}, options?: CallOptions): Promise<Schemas["Person"]> {
    return this.json({ method: "PATCH", path: "/api/v1/people/{person_id}", body: "json" }, { person_id: personId }, input, options);
  }

  /**
   * Delete a person. DELETE /api/v1/people/{person_id}
   *
   * Moves the person to the trash with their pictures; in photos of events their faces lose only the name.
   *
   * An API key needs the scope `admin` too. 202 with a task where they have more than 1,000 pictures.
   */
  delete(personId: string, options?: CallOptions): Promise<Schemas["PersonDeleted"] | Schemas["Started"]> {
    return this.json({ method: "DELETE", path: "/api/v1/people/{person_id}" }, { person_id: personId }, {}, options);
  }

  /**
   * Get everything that is kept of a person. GET /api/v1/people/{person_id}/export
   *
   * Everything that is kept of a person, as a ZIP: `data.json` and their photos. Descriptors are left out.
   */
  export(personId: string, options?: CallOptions): Promise<Blob> {
    return this.content({ method: "GET", path: "/api/v1/people/{person_id}/export" }, { person_id: personId }, {}, options);
  }

  /**
   * Merge people into this one. POST /api/v1/people/{person_id}/merge
   *
   * The others are this person: faces, groups, pictures and what this one lacks go over, and they are gone.
   *
   * Undo `decision_ids`, the last one first, to have them back.
   */
  merge(personId: string, input: PeopleMerge, options?: CallOptions): Promise<Schemas["Merged"]> {
    return this.json({ method: "POST", path: "/api/v1/people/{person_id}/merge", body: "json", isIdempotent: true }, { person_id: personId }, input, options);
  }

  /**
   * Make or change many people. POST /api/v1/people/bulk
   *
   * Makes or changes up to 1,000 people by `external_id`; a row that is refused leaves the others alone.
   */
  bulk(input: PeopleBulk, options?: CallOptions): Promise<Schemas["BulkReport"]> {
    return this.json({ method: "POST", path: "/api/v1/people/bulk", body: "json", isIdempotent: true }, {}, input, options);
  }

  /**
   * Delete many people. POST /api/v1/people/bulk-delete
   *
   * Moves up to 1,000 people to the trash, as one entry; one who is not there stops no other.
   */
  bulkDelete(input: PeopleBulkDelete, options?: CallOptions): Promise<Schemas["DeletedMany"]> {
    return this.json({ method: "POST", path: "/api/v1/people/bulk-delete", body: "json", isIdempotent: true }, {}, input, options);
  }
}

export class Privacy extends Group {
  /**
   * Get the studio's legal basis and deadlines. GET /api/v1/privacy
   *
   * What holds for events that say nothing themselves: of the studio, or of the installation.
   */
  get(input: PrivacyGet = {}, options?: CallOptions): Promise<Schemas["Privacy"]> {
    return this.json({ method: "GET", path: "/api/v1/privacy", query: ["level"] }, {}, input, options);
  }

  /**
   * Change the studio's legal basis and deadlines. PATCH /api/v1/privacy
   *
   * Changes what it names. Null takes back what the level said itself. `bounds` are the installation's to set.
   */
  change(input: PrivacyChange = {}, options?: CallOptions): Promise<Schemas["Privacy"]> {
    return this.json({ method: "PATCH", path: "/api/v1/privacy", query: ["level"], body: "json" }, {}, input, options);
  }

  /**
   * Get a session's legal basis and deadlines. GET /api/v1/sessions/{session_id}/privacy
   *
   * What holds for the event, and when what is deleted.
   */
  getOfSession(sessionId: string, options?: CallOptions): Promise<Schemas["EventPrivacy"]> {
    return this.json({ method: "GET", path: "/api/v1/sessions/{session_id}/privacy" }, { session_id: sessionId }, {}, options);
  }

  /**
   * Change a session's legal basis and deadlines. PATCH /api/v1/sessions/{session_id}/privacy
   *
   * Changes what it names. Null takes back what the event said itself.
   */
  changeOfSession(sessionId: string, input: PrivacyChangeOfSession = {}, options?: CallOptions): Promise<Schemas["EventPrivacy"]> {
    return this.json({ method: "PATCH", path: "/api/v1/sessions/{session_id}/privacy", body: "json" }, { session_id: sessionId }, input, options);
  }
}

export class Recognition extends Group {
  /**
   * Say who is in several pictures, or in a gallery. POST /api/v2/recognize/batch
   *
   * Up to 20 pictures are answered at once; a gallery is a task.
   */
  recognizeBatch(input: RecognitionRecognizeBatch = {}, options?: CallOptions): Promise<Schemas["BatchAnswer"] | Schemas["Started"]> {
    return this.json({ method: "POST", path: "/api/v2/recognize/batch", body: "either", isIdempotent: true }, {}, input, options);
  }

  /**
   * Say who is in several pictures, or in a gallery. POST /batch-recognize
   *
   * Up to 20 pictures are answered at once; a gallery is a task.
   */
  batchRecognize(input: RecognitionBatchRecognize = {}, options?: CallOptions): Promise<Schemas["BatchAnswer"] | Schemas["Started"]> {
    return this.json({ method: "POST", path: "/batch-recognize", body: "either", isIdempotent: true }, {}, input, options);
  }

  /**
   * Group faces that are in no group yet. POST /cluster-unknown-faces
   *
   * Groups the faces of an occasion that are in no group yet; 202 with the task. New photos do so by themselves.
   */
  clusterUnknownFaces(input: RecognitionClusterUnknownFaces = {}, options?: CallOptions): Promise<Schemas["Started"]> {
    return this.json({ method: "POST", path: "/cluster-unknown-faces", body: "json", isIdempotent: true }, {}, input, options);
  }

  /**
   * Find the faces of a picture or photo. POST /detect-faces
   *
   * The faces of a picture, largest first, in pixels of the upright picture.
   */
  detectFaces(input: RecognitionDetectFaces = {}, options?: CallOptions): Promise<Schemas["Detection"]> {
    return this.json({ method: "POST", path: "/detect-faces", body: "either", isIdempotent: true }, {}, input, options);
  }

  /**
   * Describe every face by the model in use. POST /generate-descriptors
   *
   * Describes every photo of the installation by the model that it is set to, then switches to it.
   */
  generateDescriptors(options?: CallOptions): Promise<Schemas["Started"]> {
    return this.json({ method: "POST", path: "/generate-descriptors", isIdempotent: true }, {}, {}, options);
  }

  /**
   * Build the index of the studio-wide search anew. POST /rebuild-index
   *
   * Makes the index for searches of whole studios anew. Searches go on meanwhile.
   */
  rebuildIndex(options?: CallOptions): Promise<Schemas["Started"]> {
    return this.json({ method: "POST", path: "/rebuild-index", isIdempotent: true }, {}, {}, options);
  }

  /**
   * Say who is in a picture. POST /recognize-face
   *
   * Says of every face of a picture who it is, of the people with verified faces.
   */
  recognizeFace(input: RecognitionRecognizeFace, options?: CallOptions): Promise<Schemas["Recognized"]> {
    return this.json({ method: "POST", path: "/recognize-face", body: "form", isIdempotent: true }, {}, input, options);
  }

  /**
   * Describe unknown faces again. POST /regenerate-unknown-descriptors
   *
   * Describes those faces of the studio anew that no person is bound to.
   */
  regenerateUnknownDescriptors(options?: CallOptions): Promise<Schemas["Started"]> {
    return this.json({ method: "POST", path: "/regenerate-unknown-descriptors", isIdempotent: true }, {}, {}, options);
  }

  /**
   * Reject a group of faces. POST /reject-face-cluster
   *
   * As `/api/v1/groups/{id}/reject/`.
   */
  rejectFaceCluster(input: RecognitionRejectFaceCluster, options?: CallOptions): Promise<Schemas["Decision"]> {
    return this.json({ method: "POST", path: "/reject-face-cluster", body: "json", isIdempotent: true }, {}, input, options);
  }
}

export class Service extends Group {
  /**
   * Does the process answer?. GET /health
   *
   * For monitors; it asks no other part.
   */
  health(options?: CallOptions): Promise<Schemas["Health"]> {
    return this.json({ method: "GET", path: "/health" }, {}, {}, options);
  }

  /**
   * Can the process do its work?. GET /health/ready
   *
   * 503 where the database or the face engine is missing, or the process is about to stop.
   */
  healthReady(options?: CallOptions): Promise<Schemas["Health"]> {
    return this.json({ method: "GET", path: "/health/ready" }, {}, {}, options);
  }

  /**
   * The state of every part. GET /health/detailed
   *
   * For whoever may read `/metrics`; 404 for others.
   */
  healthDetailed(options?: CallOptions): Promise<Schemas["Health"]> {
    return this.json({ method: "GET", path: "/health/detailed" }, {}, {}, options);
  }

  /**
   * Does the process answer? The same as /health. GET /api/v1/health
   *
   * For monitors; it asks no other part.
   */
  healthOfApi(options?: CallOptions): Promise<Schemas["Health"]> {
    return this.json({ method: "GET", path: "/api/v1/health" }, {}, {}, options);
  }
}

export class Sessions extends Group {
  /**
   * List photo sessions. GET /api/v1/sessions
   *
   * Newest first. Of Pixora's sessions, those that were seen here. In pages of 50, 200 at most (`page_size`);
   * `next` has the address of the next page.
   */
  list(input: SessionsList = {}, options?: CallOptions): Paged<Schemas["Session"]> {
    return this.paged({ method: "GET", path: "/api/v1/sessions", query: ["cursor", "page_size"] }, {}, input, options);
  }

  /**
   * Make a photo session. POST /api/v1/sessions
   *
   * Guests open it by its `code`. Where sessions live in Pixora, they are made there.
   */
  create(input: SessionsCreate, options?: CallOptions): Promise<Schemas["Session"]> {
    return this.json({ method: "POST", path: "/api/v1/sessions", body: "json", isIdempotent: true }, {}, input, options);
  }

  /**
   * Get a photo session. GET /api/v1/sessions/{session_id}
   *
   * 404 for another studio's, as for one that there never was.
   */
  get(sessionId: string, options?: CallOptions): Promise<Schemas["Session"]> {
    return this.json({ method: "GET", path: "/api/v1/sessions/{session_id}" }, { session_id: sessionId }, {}, options);
  }

  /**
   * Change a photo session. PATCH /api/v1/sessions/{session_id}
   *
   * What is left out stays as it is. Sessions of Pixora's are changed there.
   */
  change(sessionId: string, input: SessionsChange = {}, options?: CallOptions): Promise<Schemas["Session"]> {
    return this.json({ method: "PATCH", path: "/api/v1/sessions/{session_id}", body: "json" }, { session_id: sessionId }, input, options);
  }

  /**
   * Delete a photo session. DELETE /api/v1/sessions/{session_id}
   *
   * Moves it to the trash with its galleries, photos and guests.
   *
   * 202 with a task where that is more than 1,000 photos. An API key needs the scope `admin` too. Sessions of
   * Pixora's are deleted there.
   */
  delete(sessionId: string, options?: CallOptions): Promise<Schemas["Started"] | null> {
    return this.json({ method: "DELETE", path: "/api/v1/sessions/{session_id}" }, { session_id: sessionId }, {}, options);
  }

  /**
   * Count what guests did, day by day. GET /api/v1/sessions/{session_id}/analytics
   *
   * Counts only. They are FacePass's own, so they can be had also while Pixora does not answer.
   */
  getAnalytics(sessionId: string, input: SessionsGetAnalytics = {}, options?: CallOptions): Promise<Schemas["Analytics"]> {
    return this.json({ method: "GET", path: "/api/v1/sessions/{session_id}/analytics", query: ["from", "to"] }, { session_id: sessionId }, input, options);
  }

  /**
   * Get a session's recognition settings. GET /api/v1/sessions/{session_id}/config
   *
   * The recognition settings of one event; what it does not set itself comes from its studio.
   */
  getConfig(sessionId: string, options?: CallOptions): Promise<Schemas["Config"]> {
    return this.json({ method: "GET", path: "/api/v1/sessions/{session_id}/config" }, { session_id: sessionId }, {}, options);
  }

  /**
   * Change a session's recognition settings. PUT /api/v1/sessions/{session_id}/config
   *
   * Changes what it names, within the bounds of the installation. Null takes back what the event said itself.
   */
  changeConfig(sessionId: string, input: SessionsChangeConfig, options?: CallOptions): Promise<Schemas["Config"]> {
    return this.json({ method: "PUT", path: "/api/v1/sessions/{session_id}/config", body: "json" }, { session_id: sessionId }, input, options);
  }

  /**
   * Get how many photos and faces a session has. GET /api/v1/sessions/{session_id}/facepass-status
   *
   * Photos and faces of all its galleries.
   */
  getFacepassStatus(sessionId: string, options?: CallOptions): Promise<Schemas["FacePassStatus"]> {
    return this.json({ method: "GET", path: "/api/v1/sessions/{session_id}/facepass-status" }, { session_id: sessionId }, {}, options);
  }

  /**
   * Check whether several sessions can be searched. POST /api/v1/sessions/validate
   *
   * Up to 1,000; a session that cannot be searched is answered with the reason.
   */
  validateMany(input: SessionsValidateMany, options?: CallOptions): Promise<Schemas["Validations"]> {
    return this.json({ method: "POST", path: "/api/v1/sessions/validate", body: "json", isIdempotent: true }, {}, input, options);
  }

  /**
   * Check whether a session can be searched. GET /api/v1/sessions/validate/{session_id}
   *
   * 200 also where it cannot be searched, with the reason in `error`.
   */
  validate(sessionId: string, options?: CallOptions): Promise<Schemas["Validation"]> {
    return this.json({ method: "GET", path: "/api/v1/sessions/validate/{session_id}" }, { session_id: sessionId }, {}, options);
  }
}

export class Tasks extends Group {
  /**
   * List tasks. GET /api/v1/tasks
   *
   * The studio's tasks, latest first. Pictures that enrol somebody are at `/api/v1/enrolments/`.
   */
  list(input: TasksList = {}, options?: CallOptions): Paged<Schemas["Task"]> {
    return this.paged({ method: "GET", path: "/api/v1/tasks", query: ["created_after", "created_before", "cursor", "kind", "page_size", "state"] }, {}, input, options);
  }

  /**
   * Get a task. GET /api/v1/tasks/{task_id}
   *
   * A job, or a picture that enrols somebody: its row is its job.
   */
  get(taskId: string, options?: CallOptions): Promise<Schemas["Task"]> {
    return this.json({ method: "GET", path: "/api/v1/tasks/{task_id}" }, { task_id: taskId }, {}, options);
  }

  /**
   * Cancel a task (as its cancel path does). DELETE /api/v1/tasks/{task_id}
   *
   * Cancels it. What is over stays as it is.
   */
  delete(taskId: string, options?: CallOptions): Promise<Schemas["Task"]> {
    return this.json({ method: "DELETE", path: "/api/v1/tasks/{task_id}" }, { task_id: taskId }, {}, options);
  }

  /**
   * Cancel a task. POST /api/v1/tasks/{task_id}/cancel
   *
   * Cancels it, as DELETE does. What is over stays as it is.
   */
  cancel(taskId: string, options?: CallOptions): Promise<Schemas["Task"]> {
    return this.json({ method: "POST", path: "/api/v1/tasks/{task_id}/cancel", isIdempotent: true }, { task_id: taskId }, {}, options);
  }
}

export class Training extends Group {
  /**
   * Put a training's version to use. POST /api/v2/train/{training_id}/activate
   *
   * From now on names are given by this version.
   */
  activate(trainingId: string, options?: CallOptions): Promise<Schemas["Training"]> {
    return this.json({ method: "POST", path: "/api/v2/train/{training_id}/activate", isIdempotent: true }, { training_id: trainingId }, {}, options);
  }

  /**
   * Apply a training's names. POST /api/v2/train/{training_id}/apply
   *
   * Changes the names that are listed. What a person decided stays, also if it was decided since.
   */
  apply(trainingId: string, options?: CallOptions): Promise<Schemas["NamesApplied"]> {
    return this.json({ method: "POST", path: "/api/v2/train/{training_id}/apply", isIdempotent: true }, { training_id: trainingId }, {}, options);
  }

  /**
   * List names that a training would change. GET /api/v2/train/{training_id}/changes
   *
   * The names that this version would change, as they were when it was learnt. 409 where it learnt nothing.
   */
  getChanges(trainingId: string, options?: CallOptions): Promise<Schemas["NameChanges"]> {
    return this.json({ method: "GET", path: "/api/v2/train/{training_id}/changes" }, { training_id: trainingId }, {}, options);
  }

  /**
   * Go back to the version before. POST /api/v2/train/{training_id}/roll-back
   *
   * Takes the version out of use, for the one before it.
   */
  rollBack(trainingId: string, options?: CallOptions): Promise<Schemas["RolledBack"]> {
    return this.json({ method: "POST", path: "/api/v2/train/{training_id}/roll-back", isIdempotent: true }, { training_id: trainingId }, {}, options);
  }

  /**
   * Start a training. POST /api/v2/train/execute
   *
   * Learns from the verified faces; one run of a studio at a time, the others are 409 `training_running`.
   */
  execute(input: TrainingExecute = {}, options?: CallOptions): Promise<Schemas["TrainingStarted"]> {
    return this.json({ method: "POST", path: "/api/v2/train/execute", body: "json", isIdempotent: true }, {}, input, options);
  }

  /**
   * List trainings. GET /api/v2/train/history
   *
   * Every training of the studio with who did what with it, newest first.
   */
  list(input: TrainingList = {}, options?: CallOptions): Paged<Schemas["Training"]> {
    return this.paged({ method: "GET", path: "/api/v2/train/history", query: ["cursor", "page_size"] }, {}, input, options);
  }

  /**
   * Prepare a training. POST /api/v2/train/prepare
   *
   * 201 with what was found, or 202 with a task where there are more than 5,000 faces.
   */
  prepare(options?: CallOptions): Promise<Schemas["Prepared"] | Schemas["TrainingStarted"]> {
    return this.json({ method: "POST", path: "/api/v2/train/prepare", isIdempotent: true }, {}, {}, options);
  }

  /**
   * Get a training. GET /api/v2/train/status/{training_id}
   *
   * By the id of the session, or of its task.
   */
  get(trainingId: string, options?: CallOptions): Promise<Schemas["TrainingDetail"]> {
    return this.json({ method: "GET", path: "/api/v2/train/status/{training_id}" }, { training_id: trainingId }, {}, options);
  }
}

export class Trash extends Group {
  /**
   * List what is in the trash. GET /api/v1/trash
   *
   * What was deleted and can be restored: each sees what they may delete themselves.
   */
  list(input: TrashList = {}, options?: CallOptions): Paged<Schemas["TrashEntry"]> {
    return this.paged({ method: "GET", path: "/api/v1/trash", query: ["cursor", "deleted_after", "deleted_before", "kind", "ordering", "page_size", "search"] }, {}, input, options);
  }

  /**
   * Get an entry of the trash. GET /api/v1/trash/{entry_id}
   *
   * What was deleted and can be restored: each sees what they may delete themselves.
   */
  get(entryId: string, options?: CallOptions): Promise<Schemas["TrashEntry"]> {
    return this.json({ method: "GET", path: "/api/v1/trash/{entry_id}" }, { entry_id: entryId }, {}, options);
  }

  /**
   * Erase an entry of the trash for good. DELETE /api/v1/trash/{entry_id}
   *
   * Deletes it for good, and answers with the receipt; 202 with a task where it has many files.
   */
  delete(entryId: string, options?: CallOptions): Promise<Schemas["Receipt"] | Schemas["Started"]> {
    return this.json({ method: "DELETE", path: "/api/v1/trash/{entry_id}" }, { entry_id: entryId }, {}, options);
  }

  /**
   * Bring an entry of the trash back. POST /api/v1/trash/{entry_id}/restore
   *
   * Brings everything back as it was, with the same ids; 202 with a task where it has more than 1,000 photos.
   *
   * 409 `restore_conflict` where something that was made since stands in the way.
   */
  restore(entryId: string, options?: CallOptions): Promise<Schemas["TrashEntry"] | Schemas["Started"]> {
    return this.json({ method: "POST", path: "/api/v1/trash/{entry_id}/restore", isIdempotent: true }, { entry_id: entryId }, {}, options);
  }
}

export class Users extends Group {
  /**
   * List enrolled people. GET /api/v1/users
   *
   * Newest first, unless `ordering` says otherwise. In pages of 50, 200 at most (`page_size`); `next` has the
   * address of the next page.
   */
  list(input: UsersList = {}, options?: CallOptions): Paged<Schemas["User"]> {
    return this.paged({ method: "GET", path: "/api/v1/users", query: ["created_after", "created_before", "cursor", "email", "external_id", "has_faces", "ordering", "page_size", "search"] }, {}, input, options);
  }

  /**
   * Make a person to enrol. POST /api/v1/users
   *
   * The same row as a person's at `/api/v1/people`.
   */
  create(input: UsersCreate, options?: CallOptions): Promise<Schemas["User"]> {
    return this.json({ method: "POST", path: "/api/v1/users", body: "json", isIdempotent: true }, {}, input, options);
  }

  /**
   * Get an enrolled person. GET /api/v1/users/{user_id}
   *
   * 404 for another studio's, as for one that there never was.
   */
  get(userId: string, options?: CallOptions): Promise<Schemas["User"]> {
    return this.json({ method: "GET", path: "/api/v1/users/{user_id}" }, { user_id: userId }, {}, options);
  }

  /**
   * Change an enrolled person. PATCH /api/v1/users/{user_id}
   *
   * What is left out stays as it is.
   */
  change(userId: string, input: UsersChange = {}, options?: CallOptions): Promise<Schemas["User"]> {
    return this.json({ method: "PATCH", path: "/api/v1/users/{user_id}", body: "json" }, { user_id: userId }, input, options);
  }

  /**
   * Delete an enrolled person. DELETE /api/v1/users/{user_id}
   *
   * Moves the person to the trash with their pictures; in photos of events their faces lose only the name.
   *
   * An API key needs the scope `admin` too. 202 with a task where they have more than 1,000 pictures.
   */
  delete(userId: string, options?: CallOptions): Promise<Schemas["PersonDeleted"] | Schemas["Started"]> {
    return this.json({ method: "DELETE", path: "/api/v1/users/{user_id}" }, { user_id: userId }, {}, options);
  }
}

export class Verification extends Group {
  /**
   * Compare two pictures. POST /api/v1/compare
   *
   * Compares two pictures by the pair of their faces that is most alike. Neither is kept.
   */
  compare(input: VerificationCompare, options?: CallOptions): Promise<Schemas["Verification"]> {
    return this.json({ method: "POST", path: "/api/v1/compare", body: "form", isIdempotent: true }, {}, input, options);
  }

  /**
   * Check whether a living person is there. POST /api/v1/liveness
   *
   * A decision with its reasons, and no score.
   */
  checkLiveness(input: VerificationCheckLiveness = {}, options?: CallOptions): Promise<Schemas["Verdict"]> {
    return this.json({ method: "POST", path: "/api/v1/liveness", body: "form", isIdempotent: true }, {}, input, options);
  }

  /**
   * Ask for a challenge. POST /api/v1/liveness/challenges
   *
   * A random challenge: for two minutes, for one answer.
   */
  createChallenge(options?: CallOptions): Promise<Schemas["Challenge"]> {
    return this.json({ method: "POST", path: "/api/v1/liveness/challenges", isIdempotent: true }, {}, {}, options);
  }

  /**
   * List references. GET /api/v1/reference
   *
   * Newest first. In pages of 50, 200 at most (`page_size`); `next` has the address of the next page.
   */
  listReferences(input: VerificationListReferences = {}, options?: CallOptions): Paged<Schemas["Reference"]> {
    return this.paged({ method: "GET", path: "/api/v1/reference", query: ["cursor", "page_size"] }, {}, input, options);
  }

  /**
   * Keep a face as a reference. POST /api/v1/reference
   *
   * Keeps the one usable face of a picture, or answers 422 with the reasons. The picture is not kept.
   */
  createReference(input: VerificationCreateReference, options?: CallOptions): Promise<Schemas["Reference"]> {
    return this.json({ method: "POST", path: "/api/v1/reference", body: "form", isIdempotent: true }, {}, input, options);
  }

  /**
   * Get a reference. GET /api/v1/reference/{reference_id}
   *
   * Without its descriptor, which nothing answers with. 404 for another studio's, as for one that there never was.
   */
  getReference(referenceId: string, options?: CallOptions): Promise<Schemas["Reference"]> {
    return this.json({ method: "GET", path: "/api/v1/reference/{reference_id}" }, { reference_id: referenceId }, {}, options);
  }

  /**
   * Delete a reference. DELETE /api/v1/reference/{reference_id}
   *
   * For good: a reference does not go to the trash.
   */
  deleteReference(referenceId: string, options?: CallOptions): Promise<void> {
    return this.nothing({ method: "DELETE", path: "/api/v1/reference/{reference_id}" }, { reference_id: referenceId }, {}, options);
  }

  /**
   * Check whether a picture shows a certain person. POST /api/v1/verify
   *
   * Compares every face of the picture with a reference, a person or another picture; reports the best one.
   */
  verify(input: VerificationVerify, options?: CallOptions): Promise<Schemas["Verification"]> {
    return this.json({ method: "POST", path: "/api/v1/verify", body: "form", isIdempotent: true }, {}, input, options);
  }
}

export class Webhooks extends Group {
  /**
   * List webhooks. GET /api/v1/webhooks
   *
   * Newest first, without their secrets. In pages of 50, 200 at most (`page_size`); `next` has the address of the
   * next page.
   */
  list(input: WebhooksList = {}, options?: CallOptions): Paged<Schemas["Endpoint"]> {
    return this.paged({ method: "GET", path: "/api/v1/webhooks", query: ["cursor", "page_size"] }, {}, input, options);
  }

  /**
   * Make a webhook. POST /api/v1/webhooks
   *
   * The answer has the secret that signs, and no other answer does.
   */
  create(input: WebhooksCreate, options?: CallOptions): Promise<Schemas["Secret"]> {
    return this.json({ method: "POST", path: "/api/v1/webhooks", body: "json" }, {}, input, options);
  }

  /**
   * Get a webhook. GET /api/v1/webhooks/{webhook_id}
   *
   * Without its secret. 404 for another studio's, as for one that there never was.
   */
  get(webhookId: string, options?: CallOptions): Promise<Schemas["Endpoint"]> {
    return this.json({ method: "GET", path: "/api/v1/webhooks/{webhook_id}" }, { webhook_id: webhookId }, {}, options);
  }

  /**
   * Change a webhook. PATCH /api/v1/webhooks/{webhook_id}
   *
   * What is left out stays as it is. Switched on again, its failures are forgotten.
   */
  change(webhookId: string, input: WebhooksChange = {}, options?: CallOptions): Promise<Schemas["Endpoint"]> {
    return this.json({ method: "PATCH", path: "/api/v1/webhooks/{webhook_id}", body: "json" }, { webhook_id: webhookId }, input, options);
  }

  /**
   * Delete a webhook. DELETE /api/v1/webhooks/{webhook_id}
   *
   * With its deliveries. What is under way may still arrive.
   */
  delete(webhookId: string, options?: CallOptions): Promise<void> {
    return this.nothing({ method: "DELETE", path: "/api/v1/webhooks/{webhook_id}" }, { webhook_id: webhookId }, {}, options);
  }

  /**
   * List a webhook's deliveries. GET /api/v1/webhooks/{webhook_id}/deliveries
   *
   * Newest first. In pages of 50, 200 at most (`page_size`); `next` has the address of the next page.
   */
  listDeliveries(webhookId: string, input: WebhooksListDeliveries = {}, options?: CallOptions): Paged<Schemas["Delivery"]> {
    return this.paged({ method: "GET", path: "/api/v1/webhooks/{webhook_id}/deliveries", query: ["cursor", "page_size"] }, { webhook_id: webhookId }, input, options);
  }

  /**
   * Replace a webhook's secret. POST /api/v1/webhooks/{webhook_id}/rotate-secret
   *
   * A new secret; for a day every delivery is signed with both.
   */
  rotateSecret(webhookId: string, options?: CallOptions): Promise<Schemas["Secret"]> {
    return this.json({ method: "POST", path: "/api/v1/webhooks/{webhook_id}/rotate-secret" }, { webhook_id: webhookId }, {}, options);
  }

  /**
   * Send a test event. POST /api/v1/webhooks/{webhook_id}/test
   *
   * Sends an event `webhook.test`.
   */
  test(webhookId: string, options?: CallOptions): Promise<Schemas["Delivery"]> {
    return this.json({ method: "POST", path: "/api/v1/webhooks/{webhook_id}/test" }, { webhook_id: webhookId }, {}, options);
  }

  /**
   * Get a delivery with its attempts. GET /api/v1/webhooks/deliveries/{delivery_id}
   *
   * With what was sent and answered each time.
   */
  getDelivery(deliveryId: string, options?: CallOptions): Promise<Schemas["LoggedDelivery"]> {
    return this.json({ method: "GET", path: "/api/v1/webhooks/deliveries/{delivery_id}" }, { delivery_id: deliveryId }, {}, options);
  }

  /**
   * Deliver an event again. POST /api/v1/webhooks/deliveries/{delivery_id}/replay
   *
   * Sends the same event again, also where it was delivered.
   */
  replayDelivery(deliveryId: string, options?: CallOptions): Promise<Schemas["Delivery"]> {
    return this.json({ method: "POST", path: "/api/v1/webhooks/deliveries/{delivery_id}/replay", isIdempotent: true }, { delivery_id: deliveryId }, {}, options);
  }
}

export class Operations {
  readonly admin: Admin;
  readonly auth: Auth;
  readonly config: Config;
  readonly decisions: Decisions;
  readonly enrolments: Enrolments;
  readonly faces: Faces;
  readonly galleries: Galleries;
  readonly groups: Groups;
  readonly guests: Guests;
  readonly images: Images;
  readonly people: People;
  readonly privacy: Privacy;
  readonly recognition: Recognition;
  readonly service: Service;
  readonly sessions: Sessions;
  readonly tasks: Tasks;
  readonly training: Training;
  readonly trash: Trash;
  readonly users: Users;
  readonly verification: Verification;
  readonly webhooks: Webhooks;

  constructor(transport: Transport) {
    this.admin = new Admin(transport);
    this.auth = new Auth(transport);
    this.config = new Config(transport);
    this.decisions = new Decisions(transport);
    this.enrolments = new Enrolments(transport);
    this.faces = new Faces(transport);
    this.galleries = new Galleries(transport);
    this.groups = new Groups(transport);
    this.guests = new Guests(transport);
    this.images = new Images(transport);
    this.people = new People(transport);
    this.privacy = new Privacy(transport);
    this.recognition = new Recognition(transport);
    this.service = new Service(transport);
    this.sessions = new Sessions(transport);
    this.tasks = new Tasks(transport);
    this.training = new Training(transport);
    this.trash = new Trash(transport);
    this.users = new Users(transport);
    this.verification = new Verification(transport);
    this.webhooks = new Webhooks(transport);
  }
}
