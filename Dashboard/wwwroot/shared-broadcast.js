// One broadcast through a share link. The token is behind the "#", which no browser sends. Asked for again and again: a broadcast
// that goes on has new numbers, and a link that was revoked shows nothing any more.
const pause = 15_000;
const page = document.getElementById("broadcast");
const [state, shown] = [document.getElementById("state"), document.getElementById("shown")];
const zone = encodeURIComponent(Intl.DateTimeFormat().resolvedOptions().timeZone ?? "");
let next;

async function show() {
  clearTimeout(next);
  let text = page.dataset.lostText;
  try {
    const reply = await fetch(`shared/broadcast/content?zone=${zone}`, { headers: { Authorization: `Bearer ${location.hash.slice(1)}` }, cache: "no-store", credentials: "omit", referrerPolicy: "no-referrer" });
    if (reply.ok) {
      const fresh = new DOMParser().parseFromString(await reply.text(), "text/html").querySelector("article");
      if (shown.querySelector("details")?.open) fresh.querySelector("details").open = true;
      shown.replaceChildren(fresh);
      document.title = fresh.dataset.title;
      text = "";
    } else if (reply.status === 404) {
      shown.replaceChildren();
      text = page.dataset.goneText;
    }
  } catch { /* asked again */ }
  state.textContent = text;
  state.hidden = !text;
  next = setTimeout(() => { if (!document.hidden) void show(); }, pause);
}

document.addEventListener("visibilitychange", () => { if (!document.hidden) void show(); });
document.addEventListener("click", event => { if (event.target.closest?.("[data-print]")) print(); });
addEventListener("hashchange", () => location.reload());
void show();
