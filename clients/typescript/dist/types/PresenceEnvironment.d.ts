/** What a page tells about itself. `pagehide` comes when it closes or is put aside, `pageshow` when it returns. */
export type PageEvent = "visibilitychange" | "pagehide" | "pageshow" | "online";
/**
 * What the client asks of the platform it runs on; by default the globals of a browser, React Native or Node. Instances with
 * the same environment are of one page: they share sessions.
 */
export interface PresenceEnvironment {
    fetch(url: string, init: RequestInit): Promise<Response>;
    /** Whether a body can be read while it arrives. */
    readsStreams(): boolean;
    /** The wall clock, in milliseconds. It may jump. */
    now(): number;
    /** 0 up to, not including, 1. */
    random(): number;
    /** Calls back once, unless the returned function was called before. */
    setTimer(callback: () => void, milliseconds: number): () => void;
    isOnline(): boolean;
    isHidden(): boolean;
    /** Sends while the page closes; false where that is not possible. */
    sendBeacon(url: string, body: URLSearchParams): boolean;
    /**
     * Takes one of the places for event streams that the pages of a site share: a browser has six HTTP/1.1 connections to a server
     * for all of them. Where it is missing, a page always gets one.
     * @returns Gives it back; undefined when none is free.
     */
    takeStreamPlace?(baseUrl: string, places?: number): Promise<(() => void) | undefined>;
    /** Listens until the returned function is called; to nothing, where there is no page. */
    listen(event: PageEvent, listener: () => void): () => void;
}
