// What the browser tab tells its circuit, and what needs no server: copying.
let circuit;

const tell = () => circuit?.invokeMethodAsync("SetVisible", !document.hidden).catch(() => { });

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
  document.documentElement.dataset.connection = "live";
  tell();
}

export function detach() {
  document.removeEventListener("visibilitychange", tell);
  document.removeEventListener("click", copy);
  circuit = undefined;
}
