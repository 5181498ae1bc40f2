import type { PublicRoom } from "./PublicRoom.js";

/**
 * - `loading`: nothing is known yet.
 * - `live`: the last answer is fresh.
 * - `stale`: the server does not answer; what is shown is its last answer.
 * - `off`: presence is switched off; asked again after 1, 2, 4, 8 and then every 15 min.
 * - `gone`: the link leads nowhere. Asked again when the page is next shown.
 */
export type PublicRoomStatus = "loading" | "live" | "stale" | "off" | "gone";

export interface PublicRoomState {
  readonly status: PublicRoomStatus;
  /** The last answer, also while later ones fail. */
  readonly room?: PublicRoom | undefined;
}
