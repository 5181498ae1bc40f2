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

// Single keys, so they keep out of the way: of whoever types, of dialogs, of the browser's own, of who switched them off.
function press(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (isTyping(event.target) || document.querySelector("dialog[open], [role=dialog], [role=listbox], [role=menu]") || areShortcutsOff()) return;
  const target = event.key === "/" ? document.querySelector("[data-search]")
    : event.key === "?" ? document.getElementById("keyboard-help")
    : performance.now() < leader ? document.querySelector(`[data-go="${CSS.escape(event.key)}"]`) : null;
  leader = event.key === "g" ? performance.now() + 1500 : 0;
  if (!target) return;
  event.preventDefault();
  if (event.key === "?") target.showModal();
  else if (event.key === "/") (target.matches("input") ? target : target.querySelector("input") ?? target).focus();
  else target.click();
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

// A number that changed is tinted for a moment, so that the eye finds what moved. Here, since it costs the connection nothing.
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const tint = new MutationObserver(changes => {
  if (calm.matches || document.hidden) return;
  for (const number of new Set(changes.map(change => change.target.parentElement?.closest(".live-number")))) {
    number?.animate({ color: [getComputedStyle(number).getPropertyValue("--accent"), getComputedStyle(number).color] }, 300);
  }
});

// An image that has no picture is none at all: some browsers draw a sign for it, over the initials below.
const conceal = event => { if (event.target.closest?.("[data-testid=avatar]")) event.target.hidden = true; };

const listeners = { visibilitychange: [tell], click: [copy, fold], keydown: [press], change: [choose], beforeinput: [filter] };

export function attach(reference) {
  circuit = reference;
  delete document.documentElement.dataset.left;
  clearInterval(asking); // a circuit that was given back detached nothing
  for (const [name, all] of Object.entries(listeners)) all.forEach(listener => document.addEventListener(name, listener));
  document.addEventListener("error", conceal, true); // errors don't bubble
  tint.observe(document.body, { subtree: true, characterData: true });
  dispatchEvent(new Event("presence:rendered"));
  asking = setInterval(() => { if (!document.hidden) tell(); }, 1000);
  tell();
}

export function detach() {
  clearInterval(asking);
  for (const [name, all] of Object.entries(listeners)) all.forEach(listener => document.removeEventListener(name, listener));
  document.removeEventListener("error", conceal, true);
  tint.disconnect();
  circuit = undefined;
}
