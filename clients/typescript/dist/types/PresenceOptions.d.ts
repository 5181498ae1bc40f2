import type { PresenceEnvironment } from "./PresenceEnvironment.js";
/** As React Native has it. */
export interface AppState {
    readonly currentState?: string | null;
    addEventListener(type: "change", listener: (state: string) => void): {
        remove(): void;
    };
}
/** Where the server is and who the viewer is. One of `token` and `getToken` is required; with both, `token` is the first. */
export interface PresenceOptions {
    /** The server's address, such as `https://presence.example.com`. */
    readonly baseUrl: string;
    /** An access token of the viewer. Without `getToken` everything ends with it. */
    readonly token?: string | undefined;
    /** Gets a token, always of the same user: before the first heartbeat, at 80 % of a token's life, and once after a refusal. */
    readonly getToken?: (() => string | Promise<string>) | undefined;
    /** Tells this client apart from others of the user, 1 to 150 characters. By default one made for this page. */
    readonly sessionId?: string | undefined;
    /** Ends all of it: the viewer leaves, and watching stops. */
    readonly signal?: AbortSignal | undefined;
    /** Where the page serves `timer-worker.js`; only needed where a content policy forbids workers made of a `blob:`. */
    readonly timerWorkerUrl?: string | undefined;
    /** React Native's `AppState`: in the background everything of the app leaves and rests, in front again it goes on by itself. */
    readonly appState?: AppState | undefined;
    /** In place of the platform's globals, for tests. */
    readonly environment?: PresenceEnvironment | undefined;
}
