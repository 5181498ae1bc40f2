/** One who watches. */
export interface PublicViewer {
  readonly name: string;
  /** Where the server has a picture of them, relative to the document. */
  readonly picture?: string;
}

/** What the server tells of a room through its public link. */
export interface PublicRoom {
  readonly count: number;
  /** When asking again brings something new. */
  readonly refreshInSeconds: number;
  /** Some who watch, the last to join first; only where the link shows names. */
  readonly viewers?: readonly PublicViewer[];
}
