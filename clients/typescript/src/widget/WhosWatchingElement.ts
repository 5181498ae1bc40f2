import { hueOf, initialsOf } from "./initials.js";
import type { PublicRoomState } from "./PublicRoomState.js";
import { part, ViewerCountElement } from "./ViewerCountElement.js";

const usualFaces = 5;
const mostFaces = 12;

/** `<whos-watching room="..." max="5">`: the count, and pictures or initials of those who came last where the link shows names. */
export class WhosWatchingElement extends ViewerCountElement {
  readonly #faces = part("ul", "faces");
  #shown = "";

  constructor() {
    super();
    this.#faces.setAttribute("role", "list"); // a list without bullets is none to some screen readers
    this.shadowRoot!.append(this.#faces);
  }

  protected override paint(state: PublicRoomState): void {
    super.paint(state);
    const most = Math.min(mostFaces, Math.max(0, parseInt(this.getAttribute("max") ?? "", 10) || usualFaces));
    // Behind the count, with room for all of them from the start: nothing beside it moves when people come.
    this.#faces.style.minInlineSize = `${most * 1.5 + 0.9}em`;
    const viewers = (state.room?.viewers ?? []).slice(0, most);
    const shown = JSON.stringify(viewers);
    this.#faces.hidden = !!state.room && !state.room.viewers;
    if (shown === this.#shown)
      return;
    this.#shown = shown;
    this.#faces.replaceChildren(...viewers.map(({ name, picture }) => faceOf(name, picture && this.addressOf(picture))));
  }
}

function faceOf(name: string, picture?: string): HTMLElement {
  const face = part("li", "face", `face hue-${hueOf(name)}`);
  face.title = name;
  const letters = document.createElement("span");
  letters.setAttribute("aria-hidden", "true");
  letters.textContent = initialsOf(name);
  const whole = document.createElement("span");
  whole.className = "unseen";
  whole.textContent = name;
  face.append(letters, whole);
  if (picture) {
    const image = new Image();
    image.alt = "";
    image.loading = "lazy";
    image.onerror = () => image.remove(); // the letters are still there
    image.src = picture;
    face.append(image);
  }
  return face;
}
