// Says whether what the page shows is live, and brings it back by itself after the network or the server was away.
//
// data-connection of the document: live; paused, when nobody looks; lost, when the circuit stopped answering (page.js asks it
// once a second). What is not live loses its colour and says of when it is; the dialog comes when the connection is given up
// and does not return within a second, for a short cut needs no words.
const silence = 4000; // a few lost seconds are the network's; more, and the number may be wrong
const root = document.documentElement;
const dialog = document.getElementById("reconnect");
const status = document.getElementById("reconnect-status");
const pause = attempt => attempt < 3 ? 500 : attempt < 10 ? 2000 : 5000;
let heardAt = Date.now(); // what is on screen was true then
let shownAt = heardAt;
let lookedAt = heardAt;
let recovering = false;
let wake = () => { };

function freeze(connection) {
  root.dataset.connection = connection;
  const at = new Date(heardAt).toLocaleTimeString();
  for (const line of document.querySelectorAll("[data-since]"))
    line.textContent = line.dataset.since.replace("{0}", at);
}

// The tab's title counts too, and is all that is seen of a page in the background. Its text is changed in place: the node is the circuit's.
function markTitle() {
  const text = document.querySelector("title")?.firstChild;
  if (!text) return;
  const mark = dialog.dataset.notLive;
  const plain = text.data.startsWith(mark) ? text.data.slice(mark.length) : text.data;
  const wanted = ["lost", "paused"].includes(root.dataset.connection) ? mark + plain : plain;
  if (text.data !== wanted) text.data = wanted;
}

function look() {
  const now = Date.now();
  const wasAway = now - lookedAt > 1500; // the browser itself slept or was busy: an answer may be waiting behind this
  lookedAt = now;
  if (!wasAway && !document.hidden && root.dataset.connection !== "lost" && now - Math.max(heardAt, shownAt) > silence)
    freeze("lost");
}

function hear(answer) {
  if (recovering) return;
  heardAt = Date.now();
  if (answer.detail) root.dataset.connection = "live";
  else freeze("paused");
}

function waitFor(milliseconds) {
  return new Promise(resolve => {
    const timer = setTimeout(resolve, milliseconds);
    wake = () => { clearTimeout(timer); resolve(); };
  });
}

async function isSignedOut() {
  try {
    return (await fetch("_blazor/negotiate?negotiateVersion=1", { method: "POST", signal: AbortSignal.timeout(2000) })).status === 401;
  } catch {
    return false;
  }
}

async function recover() {
  if (recovering) return;
  recovering = true;
  if (root.dataset.connection !== "lost") freeze("lost");
  const show = setTimeout(() => dialog.showModal(), 1000);
  for (let attempt = 0; ; attempt++) {
    await waitFor(pause(attempt)); // never at once: that would rejoin a server that is going down
    status.textContent = dialog.dataset.attempt.replace("{0}", attempt + 1);
    try {
      const { ok } = await fetch("health/live", { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(2000) });
      if (!ok) continue; // a proxy's word that the server is away: reloaded now, the page would be the proxy's
      if (await Blazor.reconnect()) break;
      location.reload(); // another server process: what the page showed stands in its address
      return;
    } catch {
      if (await isSignedOut()) {
        location.reload(); // the page says where to sign in
        return;
      }
      // not reachable yet: next round
    }
  }
  clearTimeout(show);
  dialog.close();
  recovering = false; // live with the circuit's first answer
}

document.getElementById("reconnect-now").addEventListener("click", () => wake());
addEventListener("presence:answer", hear);
addEventListener("online", () => wake());
addEventListener("offline", () => freeze("lost")); // live again at once if the circuit still answers: a server of this machine
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  shownAt = Date.now();
  wake();
});
setInterval(look, 500);
new MutationObserver(markTitle).observe(root, { attributeFilter: ["data-connection"] });
new MutationObserver(markTitle).observe(document.head, { subtree: true, childList: true, characterData: true });

await Blazor.start({
  circuit: {
    // The same numbers stand in DashboardPages.cs.
    configureSignalR: connection => connection.withServerTimeout(15000).withKeepAliveInterval(5000),
    reconnectionHandler: { onConnectionDown: recover, onConnectionUp() { } }
  }
});
