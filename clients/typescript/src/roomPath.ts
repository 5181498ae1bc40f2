/** The address of a room's routes below the server's. */
export function roomPath(roomId: string): string {
  // An address cannot name these: "." and ".." are resolved away before it is sent, encoded or not.
  if (!roomId || roomId === "." || roomId === "..")
    throw new RangeError(`roomId must not be "${roomId}".`);
  return `/api/v1/presence/rooms/${encodeURIComponent(roomId)}`;
}
