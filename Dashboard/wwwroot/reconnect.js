// Brings a page back by itself after the network or the server was away. The numbers grow pale at once; the dialog
// comes after a second, for a short cut needs no words.
const root = document.documentElement;
const dialog = document.getElementById("reconnect");
const status = document.getElementById("reconnect-status");
const pause = attempt => attempt < 3 ? 500 : attempt < 10 ? 2000 : 5000;
let recovering = false;
let wake = () => { };

function waitFor(milliseconds) {
  return new Promise(resolve => {
    const timer = setTimeout(resolve, milliseconds);
    wake = () => { clearTimeout(timer); resolve(); };
  });
}

async function recover() {
  if (recovering) return;
  recovering = true;
  root.dataset.connection = "lost";
  const since = new Date().toLocaleTimeString();
  for (const lost of document.querySelectorAll("[data-since]"))
    lost.textContent = lost.dataset.since.replace("{0}", since);
  const show = setTimeout(() => dialog.showModal(), 1000);
  for (let attempt = 0; ; attempt++) {
    await waitFor(pause(attempt)); // never at once: that would rejoin a server that is going down
    status.textContent = dialog.dataset.attempt.replace("{0}", attempt + 1);
    try {
      await fetch("health/live", { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(2000) });
      if (await Blazor.reconnect()) break;
      location.reload(); // another server process: what the page showed stands in its address
      return;
    } catch {
      // not reachable yet: next round
    }
  }
  clearTimeout(show);
  dialog.close();
  root.dataset.connection = "live";
  recovering = false;
}

document.getElementById("reconnect-now").addEventListener("click", () => wake());
addEventListener("online", () => wake());
document.addEventListener("visibilitychange", () => { if (!document.hidden) wake(); });

await Blazor.start({
  circuit: {
    // The same numbers stand in DashboardPages.cs.
    configureSignalR: connection => connection.withServerTimeout(15000).withKeepAliveInterval(5000),
    reconnectionHandler: { onConnectionDown: recover, onConnectionUp() { } }
  }
});
