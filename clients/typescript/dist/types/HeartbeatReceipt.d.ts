/** What the server answered to a heartbeat it took. */
export interface HeartbeatReceipt {
    readonly heartbeatIntervalSeconds: number;
    /** When the next one is due; varies a little, so that a crowd spreads out. */
    readonly nextHeartbeatInSeconds: number;
    /** How long this heartbeat counts. Not said of user presence. */
    readonly presenceTimeoutSeconds?: number;
    /** Rises with every change of the settings. Not said of user presence. */
    readonly settingsVersion?: number;
    /** The room's viewers, while their number is watched without an event stream. */
    readonly count?: number;
}
