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
}
