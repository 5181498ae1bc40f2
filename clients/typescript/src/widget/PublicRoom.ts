/** What the server tells of a room through its public link. */
export interface PublicRoom {
  readonly count: number;
  /** When asking again brings something new. */
  readonly refreshInSeconds: number;
  /** Some who watch, the last to join first; only where the link shows names. */
  readonly viewers?: readonly { readonly name: string }[];
}
