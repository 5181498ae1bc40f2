// What the browser tab tells its circuit, and what needs no server: copying, and the keys.
let circuit;
let asking;
let leader = 0; // until when a "g" waits for its second key

// Blazor's script goes to the top whenever the address changes. Where only what is chosen on the page did, the page stays where it is.
let path = location.pathname;
const scroll = scrollTo;
window.scrollTo = (...to) => {
  const stays = location.pathname === path && to.length === 2 && to[0] === 0 && to[1] === 0;
  path = location.pathname;
  if (!stays) scroll(...to);
};
addEventListener("popstate", () => { path = location.pathname; });

// Told when it changes, and once a second while somebody looks: the circuit's answer is what makes the page live (reconnect.js).
async function tell() {
  if ("left" in document.documentElement.dataset) return; // a hidden tab's circuit was given back (reconnect.js)
  const visible = !document.hidden;
  try {
    await circuit.invokeMethodAsync("SetVisible", visible);
    dispatchEvent(new CustomEvent("presence:answer", { detail: visible }));
  } catch {
    // The connection is down; the next circuit is told anew.
  }
}

async function copy(event) {
  const button = event.target.closest?.("[data-copy]");
  if (!button) return;
  const done = button.querySelector(".copy-done");
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    done.textContent = button.dataset.copied;
  } catch {
    // Not a secure context: select the text, so that the keyboard copies it.
    getSelection().selectAllChildren(button.parentElement.querySelector("code"));
    done.textContent = button.dataset.selected;
  }
  setTimeout(() => { done.textContent = ""; }, 2000);
}

const areShortcutsOff = () => /(^|; )presence-shortcuts=off(;|$)/.test(document.cookie);
const isTyping = target => target.matches?.("input, textarea, select, [contenteditable]") || target.closest?.("[role=listbox], [role=menu]");

const isDialogOpen = () => document.querySelector("dialog[open], [role=dialog], [role=listbox]:not(dialog *), [role=menu]");

// The search opens at once; what it finds comes from the server. Its field asks for what was opened lately when it has the focus.
const openSearch = () => { if (!isDialogOpen()) document.getElementById("search")?.showModal(); };
export const closeSearch = () => document.getElementById("search")?.close();

// A button opens it. A link in it leads away, into another tab perhaps; beside it is outside.
function search(event) {
  if (event.target.closest?.("[data-open-search]")) openSearch();
  else if (event.target.id === "search" || (event.target.closest?.("#search a[href]") && !(event.ctrlKey || event.metaKey || event.shiftKey))) closeSearch();
}

// In the search field the arrows choose, and Tab goes to what can be done where there is something.
function steer(event) {
  if (event.key === "ArrowUp" || event.key === "ArrowDown" || (event.key === "Tab" && !event.shiftKey && document.querySelector("#search [data-actions]"))) event.preventDefault();
}

// The option that was chosen is in sight.
const chosen = new MutationObserver(([change]) => document.getElementById(change.target.getAttribute("aria-activedescendant"))?.scrollIntoView({ block: "nearest" }));

function step(by) {
  const rows = [...document.querySelectorAll("main [data-row]")].filter(row => row.checkVisibility());
  const at = rows.indexOf(document.activeElement.closest("[data-row]"));
  const row = rows[at < 0 ? 0 : at + by];
  row?.querySelector("a")?.focus({ preventScroll: true });
  row?.scrollIntoView({ block: "nearest" });
  return row;
}

// What a single key presses: a part of the row that has the focus, or of the page.
function pressed(key) {
  if (performance.now() < leader) return document.querySelector(`[data-go="${CSS.escape(key)}"]`);
  const row = document.activeElement.closest("[data-row]");
  return row?.querySelector(`[data-row-key="${CSS.escape(key)}"]`) ?? document.querySelector(`main [data-page-key="${CSS.escape(key)}"]`);
}

// Single keys keep out of the way: of whoever types, of dialogs, of the browser's own, of who switched them off.
function press(event) {
  if (event.defaultPrevented || event.isComposing) return;
  if (event.target.id === "search-text") return steer(event);
  const isModified = event.ctrlKey || event.metaKey;
  if (isModified && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k" && !isDialogOpen()) {
    event.preventDefault();
    return openSearch();
  }
  if (isModified || event.altKey || isTyping(event.target) || isDialogOpen() || areShortcutsOff()) return;
  const target = pressed(event.key);
  leader = event.key === "g" ? performance.now() + 1500 : 0;
  if (target) target.click();
  else if (event.key === "/") openSearch();
  else if (event.key === "?") document.getElementById("keyboard-help")?.showModal();
  else if (!((event.key === "j" || event.key === "k") && step(event.key === "j" ? 1 : -1))) return;
  event.preventDefault();
}

function choose(event) {
  if (!event.target.matches?.("[data-shortcuts]")) return;
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `presence-shortcuts=${event.target.checked ? "on" : "off"}; path=${new URL(document.baseURI).pathname}; max-age=31536000; samesite=lax${secure}`;
}

// A field for a number takes digits only. Refused here, before it shows: the server's answer would come a round trip too late.
function filter(event) {
  if (event.target.matches?.("input[inputmode=numeric]") && /\D/.test(event.data ?? "")) event.preventDefault();
}

// A menu of links has done its work when one was taken.
const fold = event => event.target.closest?.("[popover] a")?.closest("[popover]").hidePopover();

// A stretch of a chart is drawn here while it is dragged, and told when it is let go: "12-18", or "12-12" for a press.
let stretch;
const placeIn = (plot, x) => {
  const { left, width } = plot.getBoundingClientRect();
  const last = Number(plot.dataset.stretch) - 1;
  return Math.min(last, Math.max(0, Math.round((x - left) / width * last)));
};

function grab(event) {
  const plot = event.isPrimary && event.button === 0 && !event.target.closest?.("button") && event.target.closest?.("[data-stretch]");
  if (plot) stretch = { plot, before: plot.style.cssText, begin: placeIn(plot, event.clientX), id: event.pointerId };
}

function drag(event) {
  if (event.pointerId !== stretch?.id) return;
  const { plot, begin } = stretch;
  const last = Number(plot.dataset.stretch) - 1;
  const [from, until] = [begin, placeIn(plot, event.clientX)].sort((one, other) => one - other);
  if (from === until && !("dragging" in plot.dataset)) return;
  plot.dataset.dragging = "";
  plot.style.setProperty("--from", from / last);
  plot.style.setProperty("--until", until / last);
}

function drop(event) {
  if (event.pointerId !== stretch?.id) return;
  const { plot, before, begin } = stretch;
  stretch = undefined;
  delete plot.dataset.dragging;
  const [from, until] = [begin, placeIn(plot, event.clientX)].sort((one, other) => one - other);
  if (from === until || event.type === "pointercancel") plot.style.cssText = before;
  if (event.type === "pointercancel") return;
  const field = plot.querySelector("[data-stretch-field]");
  field.value = `${from}-${until}`;
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

// A page on paper. Asked for here: the dialog stands as long as its reader likes, which a call from the server does not.
const paper = event => { if (event.target.closest?.("[data-print]")) print(); };

// A number that changed is tinted for a moment, so that the eye finds what moved. Here, since it costs the connection nothing.
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const tint = new MutationObserver(changes => {
  if (calm.matches || document.hidden) return;
  for (const number of new Set(changes.map(change => change.target.parentElement?.closest(".live-number")))) {
    number?.animate({ color: [getComputedStyle(number).getPropertyValue("--accent"), getComputedStyle(number).color] }, 300);
  }
});

const listeners = { visibilitychange: [tell], click: [copy, fold, paper, search], pointerdown: [grab], pointermove: [drag], pointerup: [drop], pointercancel: [drop], keydown: [press], change: [choose], beforeinput: [filter] };

export function attach(reference) {
  circuit = reference;
  delete document.documentElement.dataset.left;
  clearInterval(asking); // a circuit that was given back detached nothing
  for (const [name, all] of Object.entries(listeners)) all.forEach(listener => document.addEventListener(name, listener));
  tint.observe(document.body, { subtree: true, characterData: true });
  dispatchEvent(new Event("presence:rendered"));
  const field = document.getElementById("search-text");
  if (field) chosen.observe(field, { attributeFilter: ["aria-activedescendant"] });
  asking = setInterval(() => { if (!document.hidden) tell(); }, 1000);
  tell();
}

export function detach() {
  clearInterval(asking);
  chosen.disconnect();
  for (const [name, all] of Object.entries(listeners)) all.forEach(listener => document.removeEventListener(name, listener));
  tint.disconnect();
  circuit = undefined;
}
