// A room through a share link: the overlay for a stream's picture and the read-only page. What they show comes from one stream,
// which says something every second: without it for four seconds, or after the page's scripts stood still, the number is old.
const longestQuiet = 4000; // as the dashboard's own pages
const longestTick = 1500; // timers of a page that runs are never so late
const slowestRetry = 10_000;
const goneRetry = 30_000; // a proxy in front may answer 404 for a moment

const part = id => document.getElementById(id);
const room = part("room");
const texts = room.dataset;
const isOverlay = document.documentElement.dataset.kind === "overlay";

// Behind the "#", which no browser sends. Options stand before it, or after it where somebody put them there.
const [token, behind] = location.hash.slice(1).split("?");
const options = new URLSearchParams([location.search.slice(1), behind].filter(Boolean).join("&"));
const keepsStale = !isOverlay || options.get("stale") === "keep";
if (["light", "dark"].includes(options.get("theme"))) document.documentElement.dataset.theme = options.get("theme");

const number = value => value.toLocaleString();
const signed = value => (value > 0 ? "+" : value < 0 ? "\u2212" : "\u00b1") + number(Math.abs(value));
const clock = (at, seconds) => new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: seconds && "2-digit" });
const write = (text, ...values) => text.replace(/\{(\d)\}/g, (_, index) => values[index]);

let reading = new AbortController();
let heardAt = 0;
let tickedAt = Date.now();
let failures = 0;
let retry;
let title = "";
let last;
let minutes = [];
const broken = new Set(); // pictures that didn't load: not asked for again before the next connection

/** Reads the stream anew, whatever became of the one before. */
async function connect() {
  clearTimeout(retry);
  broken.clear();
  reading.abort();
  const { signal } = reading = new AbortController();
  heardAt = Date.now();
  let end = "lost";
  try {
    const reply = await fetch("api/v1/share/stream", { headers: { Authorization: `Bearer ${token}` }, cache: "no-store", credentials: "omit", referrerPolicy: "no-referrer", signal });
    if (reply.ok) await follow(reply.body, signal);
    else end = reply.status === 404 ? "gone" : (await reply.json()).code === 400300 ? "off" : "lost";
  } catch { /* lost */ }
  if (signal.aborted) return; // another one has taken its place
  show(end);
  retry = setTimeout(connect, end === "gone" ? goneRetry : Math.min(500 * 2 ** failures++, slowestRetry) * (0.75 + Math.random() / 2));
}

async function follow(body, signal) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (true) {
    const { value, done } = await reader.read();
    if (done || signal.aborted) return;
    if (hasStoodStill()) return again(); // what is read now was sent while nobody read
    heardAt = Date.now();
    failures = 0;
    const events = (text + value).split("\n\n");
    text = events.pop();
    for (const event of events) {
      const [, name, data] = /^event: (\w+)\ndata: (.*)$/.exec(event) ?? []; // anything else is a comment
      if (data) take[name]?.(JSON.parse(data));
    }
  }
}

const take = {
  room({ title: given }) { title = given ?? ""; },
  count(count) {
    last = count;
    part("count").textContent = number(count.count);
    if (isOverlay) showFaces(count);
    else showPage(count);
    show("live");
  },
  curve(curve) {
    ({ minutes } = curve);
    part("since").textContent = clock(Date.parse(curve.sampledAt) - (minutes.length - 2) * 60_000);
    showCurve();
  },
};

/** live, lost, off or gone. An overlay shows nothing unless it is live, or was told to keep an old number. */
function show(state) {
  const keeps = state === "live" || (state === "lost" && keepsStale && last);
  room.dataset.state = state;
  if (!keeps) last = undefined;
  if (isOverlay) {
    room.hidden = !keeps;
    part("state").textContent = state === "lost" && keeps ? texts.staleText : "";
    return;
  }
  part("shown").hidden = !keeps;
  part("state-text").textContent =
    state === "live" ? (last.warming ? texts.warmingText : texts.liveText)
      : state === "lost" ? (last ? write(texts.staleAtText, clock(last.at, true)) : texts.staleText)
        : state === "off" ? texts.offText : texts.goneText;
  document.title = state === "live" ? write(texts.title, number(last.count), title) : part("state-text").textContent;
}

function showFaces({ viewers, more }) {
  part("viewers").replaceChildren(...(viewers ?? []).map(faceOf), ...(viewers?.length && more ? [element("span", "more", `+${number(more)}`)] : []));
}

function showPage({ count, change, at, viewers, more }) {
  const moved = change ? write(texts.changeText, signed(change)) : texts.noChangeText;
  part("title").firstChild.textContent = title;
  part("change").textContent = moved;
  part("change").dataset.direction = Math.sign(change);
  part("summary").textContent = write(texts.copyText, title, number(count), moved, clock(at, true));
  part("names").hidden = !viewers?.length;
  part("viewers").replaceChildren(...(viewers ?? []).map(viewer => {
    const item = element("li", "", "");
    item.append(faceOf(viewer), element("bdi", "", viewer.name));
    return item;
  }));
  part("more").textContent = more ? write(texts.moreText, number(more)) : "";
  showCurve();
}

function faceOf({ initials, hue, picture }) {
  const face = element("span", `face hue-${hue}`, initials);
  face.setAttribute("aria-hidden", "true");
  if (picture && !broken.has(picture)) face.append(imageOf(picture));
  return face;
}

function imageOf(picture) {
  const image = new Image();
  image.alt = "";
  image.onerror = () => {
    broken.add(picture);
    image.remove(); // the letters are still there
  };
  image.src = `api/v1/share/${picture}`;
  return image;
}

function element(tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

/** The last of an hour's 61 places is now, which the count tells. */
function showCurve() {
  const values = [...minutes.slice(0, -1), last?.count ?? minutes.at(-1)];
  const isYoung = minutes.length < 2;
  part("figure").dataset.state = isYoung ? "young" : "";
  if (isYoung) return;
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const top = ceiling(high);
  const points = values.map((value, index) => `${600 - (values.length - 1 - index) * 10} ${Math.round(160 - 160 * value / top)}`);
  part("line").setAttribute("d", `M${points.join("L")}`);
  part("area").setAttribute("d", `M${points.join("L")}L600 160L${600 - (values.length - 1) * 10} 160Z`);
  part("curve").setAttribute("aria-label", write(texts.curveText, number(values.at(-1)), number(low), number(high)));
  part("top").textContent = number(top);
  part("half").textContent = number(top / 2);
  part("figure").style.setProperty("--length", (values.length - 1) / 60);
}

/** The next of 1, 2, 4, 5, 8 times a power of ten, at least 4, as the dashboard's charts. */
function ceiling(highest) {
  for (let power = 1; ; power *= 10)
    for (const step of [1, 2, 4, 5, 8]) if (step * power >= Math.max(highest, 4)) return step * power;
}

async function copy() {
  const summary = part("summary");
  let text = texts.copiedText;
  try {
    await navigator.clipboard.writeText(summary.textContent);
  } catch {
    getSelection().selectAllChildren(summary); // without TLS a page may not copy, but its reader may
    text = texts.selectedText;
  }
  part("copied").textContent = text;
  setTimeout(() => { part("copied").textContent = ""; }, 2000);
}

const hasStoodStill = () => !document.hidden && Date.now() - tickedAt > longestTick;

/** What stands there may be from before the page's scripts stood still. */
function again() {
  if (isOverlay || Date.now() - heardAt > longestTick) show("lost");
  failures = 0;
  tickedAt = Date.now();
  void connect();
}

document.addEventListener("visibilitychange", () => { if (!document.hidden) again(); });
addEventListener("pageshow", event => { if (event.persisted) again(); });
addEventListener("hashchange", () => location.reload());
part("copy")?.addEventListener("click", copy);
setInterval(() => {
  const stoodStill = hasStoodStill();
  tickedAt = Date.now();
  if (document.hidden) return; // its timers are late, and nobody sees it
  if (stoodStill) again();
  else if (tickedAt - heardAt > longestQuiet) {
    show("lost");
    void connect();
  }
}, 250);

void connect();
