import type { PresenceEnvironment } from "./PresenceEnvironment.js";

/** As React Native has it. */
export interface AppState {
  readonly currentState?: string | null;
  addEventListener(type: "change", listener: (state: string) => void): { remove(): void };
}

/** Where the server is and who the viewer is. One of `token` and `getToken` is required; with both, `token` is the first. */
export interface PresenceOptions {
  /** The server's URL, such as `https://presence.example.com`. */
  readonly baseUrl: string;
  /** An access token of the viewer. Without `getToken`, presence ends when it expires. */
  readonly token?: string | undefined;
  /** Gets a token, always of the same user: before the first heartbeat, at 80 % of a token's life, and once after a refusal. */
  readonly getToken?: (() => string | Promise<string>) | undefined;
  /** Distinguishes this client from others of the user, 1 to 150 characters. Default: created for this page. */
  readonly sessionId?: string | undefined;
  /** Stops everything: the viewer leaves, and watching stops. */
  readonly signal?: AbortSignal | undefined;
  /** URL of `timer-worker.js`. Needed only if a Content Security Policy forbids `blob:` workers. */
  readonly timerWorkerUrl?: string | undefined;
  /** React Native's `AppState`: in the background, all viewers of the app leave and nothing is sent. In the foreground, they rejoin automatically. */
  readonly appState?: AppState | undefined;
  /** In place of the platform's globals, for tests. */
  readonly environment?: PresenceEnvironment | undefined;
}
