import { type Announcement, isWorthSaying } from "./announcing.js";
import { badgesOf, PublicRoomFeed } from "./PublicRoomFeed.js";
import type { PublicRoomState, PublicRoomStatus } from "./PublicRoomState.js";
import { widgetStyles } from "./styles.js";
import { type WidgetEnvironment, widgetEnvironment } from "./WidgetEnvironment.js";

// This script stands in /client/v1/ below the server's address, which may have a path of its own.
const { href, origin } = new URL(import.meta.url);
const folder = href.lastIndexOf("/client/v1/");
const ownServer = folder < 0 ? origin : href.slice(0, folder);

/**
 * `<viewer-count room="...">`: how many watch a room, from its public link. `server` says where from, if not from where this script
 * came; `label` and `stale-label` are its words. Fires `change` with every answer.
 */
export class ViewerCountElement extends HTMLElement {
  static readonly observedAttributes = ["room", "server", "label", "stale-label", "max"];

  /** @internal In place of the page, for tests. */
  static environment: WidgetEnvironment = widgetEnvironment;

  readonly #line = part("span", "line");
  readonly #count = part("span", "count");
  readonly #label = part("span", "label");
  readonly #note = part("span", "note", "unseen");
  readonly #status = part("span", "status", "unseen");
  #state: PublicRoomState = { status: "loading" };
  #said: Announcement | undefined;
  #end: (() => void) | undefined;

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [widgetStyles()];
    this.#status.setAttribute("role", "status");
    this.#line.append(part("span", "dot"), this.#count, " ", this.#label, this.#note);
    root.append(this.#line, this.#status);
  }

  /** The last known count. */
  get count(): number | undefined {
    return this.#state.room?.count;
  }

  get status(): PublicRoomStatus {
    return this.#state.status;
  }

  connectedCallback(): void {
    this.#follow();
  }

  disconnectedCallback(): void {
    this.#end?.();
    this.#end = undefined;
  }

  attributeChangedCallback(name: string): void {
    if (name === "room" || name === "server")
      this.#follow();
    else
      this.paint(this.#state);
  }

  /** Shows a state. */
  protected paint({ status, room }: PublicRoomState): void {
    this.#line.className = `line ${status}`;
    setText(this.#count, room ? this.numberOf(room.count) : "–");
    setText(this.#label, this.getAttribute("label") ?? "watching");
    setText(this.#note, status === "stale" ? this.getAttribute("stale-label") ?? "not updated at the moment" : "");
    this.#line.title = this.#note.textContent!;
  }

  /** Where the server has what an answer names. */
  protected addressOf(path: string): string {
    return badgesOf(this.#server) + path;
  }

  get #server(): string {
    return this.getAttribute("server") ?? ownServer;
  }

  /** A number as the language of the page writes it. */
  protected numberOf(count: number): string {
    const language = this.closest<HTMLElement>("[lang]")?.lang || undefined;
    try {
      return count.toLocaleString(language);
    } catch {
      return count.toLocaleString(); // a language no browser knows
    }
  }

  #follow(): void {
    this.disconnectedCallback();
    const room = this.getAttribute("room");
    if (!this.isConnected || !room)
      return this.paint(this.#state = { status: "loading" });
    this.#said = undefined;
    this.#end = PublicRoomFeed.of(ViewerCountElement.environment, this.#server, room).subscribe(state => {
      this.#state = state;
      this.paint(state);
      this.#announce();
      this.dispatchEvent(new Event("change"));
    });
  }

  #announce(): void {
    const { count } = this;
    if (count === undefined)
      return;
    const now = ViewerCountElement.environment.now();
    if (this.#said && isWorthSaying(this.#said, count, now))
      this.#status.textContent = this.#line.textContent;
    else if (this.#said)
      return;
    this.#said = { count, at: now };
  }
}

/** An element that style sheets of the page can name. */
export function part(tag: string, name: string, className = name): HTMLElement {
  const element = document.createElement(tag);
  element.className = className;
  element.setAttribute("part", name);
  return element;
}

/** Leaves what is there alone: some screen readers read again what was only written again. */
function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text)
    element.textContent = text;
}
