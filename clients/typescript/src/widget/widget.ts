import { ViewerCountElement } from "./ViewerCountElement.js";
import { WhosWatchingElement } from "./WhosWatchingElement.js";

// A page may name the script twice, or with two addresses.
for (const [name, element] of [["viewer-count", ViewerCountElement], ["whos-watching", WhosWatchingElement]] as const) {
  if (!customElements.get(name))
    customElements.define(name, element);
}

export { ViewerCountElement, WhosWatchingElement };
