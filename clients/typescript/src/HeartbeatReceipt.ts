/** The server's reply to an accepted heartbeat. */
export interface HeartbeatReceipt {
  readonly heartbeatIntervalSeconds: number;
  /** When the next one is due. Varies a little, so that viewers spread out. */
  readonly nextHeartbeatInSeconds: number;
  /** How long this heartbeat counts. Absent for user presence. */
  readonly presenceTimeoutSeconds?: number;
  /** Increases with every settings change. Absent for user presence. */
  readonly settingsVersion?: number;
  /** The room's viewers, while their number is watched without an event stream. */
  readonly count?: number;
  /** The viewer's open invitation to the room's stage. */
  readonly invitation?: StageInvitation;
  /** The viewer's hand is raised. */
  readonly handRaised?: boolean;
}

/** An invitation to the stage as co-host. Instants are ISO 8601, UTC. */
export interface StageInvitation {
  readonly id: string;
  readonly roomId: string;
  readonly status: "pending" | "accepted" | "rejected" | "cancelled" | "expired";
  readonly invitedAt: string;
  readonly expiresAt: string;
  /** How long a pending one can be answered, whatever this device's clock says. */
  readonly expiresInSeconds?: number;
}
