// Says whether what the page shows is live, and brings it back by itself after the network or the server was away.
//
// data-connection of the document: live; paused, when nobody looks; lost, when the circuit stopped answering (page.js asks it
// once a second). What is not live loses its colour and says of when it is; the dialog comes when the connection is given up
// and does not return within a second, for a short cut needs no words. A tab that stays hidden gives its circuit back: what was
// typed and where it stood comes with the tab when it is shown again.
const hiddenFor = 5 * 60 * 1000; // then nobody is about to look again
const silence = 4000; // a few lost seconds are the network's; more, and the number may be wrong
const root = document.documentElement;
const dialog = document.getElementById("reconnect");
const status = document.getElementById("reconnect-status");
const pause = attempt => attempt < 3 ? 500 : attempt < 10 ? 2000 : 5000;
let heardAt = Date.now(); // what is on screen was true then
let shownAt = heardAt;
let lookedAt = heardAt;
let recovering = false;
let isDown = false;
let leaving; // when a hidden tab gives its circuit back
let scrolled; // where a page stood whose circuit is given back; none while it has one
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

const parts = () => document.querySelectorAll("main [data-testid], main [id]");
const nameOf = part => part.id || part.dataset.testid;

async function leave() {
  const kept = [window.scrollY, [...parts()].filter(part => part.scrollTop > 0).map(part => [nameOf(part), part.scrollTop])];
  scrolled = kept; // before, since the connection goes down with it: no dialog
  root.dataset.left = ""; // page.js asks nobody
  freeze("paused");
  if (await Blazor.pauseCircuit().catch(() => false)) return;
  scrolled = undefined; // not given back, maybe lost: found out as always
  delete root.dataset.left;
  if (isDown) recover();
}

// A list is as long as it was only once it was read: tried for two seconds, or until somebody scrolls or presses: what is pressed must not move away.
function settle([top, lists]) {
  const end = Date.now() + 2000;
  const step = () => {
    window.scroll({ top, behavior: "instant" });
    for (const part of parts()) {
      const wanted = lists.find(([name]) => name === nameOf(part));
      if (wanted) part.scrollTop = wanted[1];
    }
    if (Date.now() < end) requestAnimationFrame(step);
  };
  const stop = () => { top = scrollY; lists = []; };
  for (const input of ["wheel", "pointerdown", "touchmove", "keydown"]) addEventListener(input, stop, { once: true, passive: true });
  step();
}

// Into the circuit that was left, or into a new one with what it had kept. False when neither is there any more.
async function rejoin() {
  const kept = scrolled;
  if (!kept && await Blazor.reconnect()) {
    isDown = false;
    return true;
  }
  window.mudPopover?.dispose(); // the next circuit begins it anew
  if (!await Blazor.resumeCircuit()) return false;
  scrolled = undefined;
  isDown = false;
  if (kept) addEventListener("presence:rendered", () => settle(kept), { once: true });
  return true;
}

async function isSignedOut() {
  try {
    return (await fetch("_blazor/negotiate?negotiateVersion=1", { method: "POST", signal: AbortSignal.timeout(2000) })).status === 401;
  } catch {
    return false;
  }
}

async function comeBack() {
  if (!scrolled || recovering) return;
  recovering = true;
  const back = await rejoin().catch(() => false);
  recovering = false;
  if (!back) recover(); // says so, if it takes a while
}

async function recover() {
  isDown = true;
  if (recovering || (scrolled && document.hidden)) return;
  recovering = true;
  if (root.dataset.connection !== "lost") freeze("lost");
  const show = setTimeout(() => dialog.showModal(), 1000);
  for (let attempt = 0; ; attempt++) {
    await waitFor(pause(attempt)); // never at once: that would rejoin a server that is going down
    status.textContent = dialog.dataset.attempt.replace("{0}", attempt + 1);
    try {
      const { ok } = await fetch("health/live", { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(2000) });
      if (!ok) continue; // a proxy's word that the server is away: reloaded now, the page would be the proxy's
      if (await rejoin()) break;
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
  clearTimeout(leaving);
  if (document.hidden) {
    leaving = setTimeout(leave, hiddenFor);
    return;
  }
  shownAt = Date.now();
  wake();
  comeBack();
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
