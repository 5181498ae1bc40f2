// What the browser tab tells its circuit, and what needs no server: copying.
let circuit;

const root = document.documentElement;

// data-connection: live, paused (the circuit knows that nobody looks) or lost (reconnect.js).
async function tell() {
  const visible = !document.hidden;
  try {
    await circuit?.invokeMethodAsync("SetVisible", visible);
    root.dataset.connection = visible ? "live" : "paused";
  } catch {
    // The connection is down; reconnect.js says so, and the next circuit is told anew.
  }
}

async function copy(event) {
  const button = event.target.closest?.("[data-copy]");
  if (!button) return;
  const done = button.querySelector(".copy-done");
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    done.textContent = "Copied";
  } catch {
    // Not a secure context: select the text, so that the keyboard copies it.
    getSelection().selectAllChildren(button.parentElement.querySelector("code"));
    done.textContent = "Selected";
  }
  setTimeout(() => { done.textContent = ""; }, 2000);
}

export function attach(reference) {
  circuit = reference;
  document.addEventListener("visibilitychange", tell);
  document.addEventListener("click", copy);
  dispatchEvent(new Event("presence:rendered"));
  tell();
}

export function detach() {
  document.removeEventListener("visibilitychange", tell);
  document.removeEventListener("click", copy);
  circuit = undefined;
}
