// The demo room: this tab is a viewer like any other, and shows what its client does.
import { RoomPresence } from "./client/v1/presence.js";

const server = new URL(".", document.baseURI).href;
const page = document.getElementById("demo");
const texts = page.dataset;
const part = name => document.getElementById(`demo-${name}`);
const shownRows = 40;
const shownFaces = 8;

// In the tab's own storage: each tab is a viewer of its own, and the same one after a reload.
const identity = JSON.parse(sessionStorage.getItem("presence-demo") ?? "null") ?? somebody();
let presence;
let roomId = texts.room;
let taken = 0;
let last;
let facesWanted = false;
let facesUnderWay = false;

function somebody() {
  const [number, choice] = crypto.getRandomValues(new Uint32Array(2));
  const names = texts.names.split("|");
  return { userId: `demo-${number.toString(36)}`, name: names[choice % names.length] };
}

async function logIn() {
  sessionStorage.setItem("presence-demo", JSON.stringify(identity));
  const answer = await fetch(server + "api/v5/sessions", {
    method: "POST",
    headers: { "X-API-Key": texts.clientKey, "Content-Type": "application/json" },
    body: JSON.stringify({ userId: identity.userId, displayName: identity.name, deviceId: identity.userId })
  });
  const { accessToken, message } = await answer.json();
  if (!accessToken) throw new Error(message);
  const { sub, exp } = JSON.parse(atob(accessToken.split(".")[1].replaceAll("-", "+").replaceAll("_", "/")));
  part("user").textContent = sub ?? identity.userId;
  part("user").title = exp ? new Date(exp * 1000).toLocaleString() : "";
  return accessToken;
}

function enter() {
  presence = new RoomPresence({ baseUrl: server, roomId, getToken: logIn, timerWorkerUrl: server + "client/v1/timer-worker.js", device: "demo room" });
  presence.onStateChange(showState);
  presence.watchCount(count => {
    part("count").textContent = count.toLocaleString();
    void showFaces();
  });
  presence.startHeartbeat();
}

function showState(state) {
  const { status, receipt, error } = last = state;
  texts.status = status;
  if (status === "present" && receipt) {
    part("interval").textContent = texts.seconds.replace("{0}", receipt.heartbeatIntervalSeconds);
    part("timeout").textContent = texts.seconds.replace("{0}", receipt.presenceTimeoutSeconds);
    part("version").textContent = receipt.settingsVersion;
  }
  part("next").title = error?.message ?? "";
  showNext();
}

function showNext() {
  const left = last?.nextHeartbeatAt ? Math.max(0, last.nextHeartbeatAt - Date.now()) / 1000 : undefined;
  part("next").textContent = left === undefined ? "–" : texts.inSeconds.replace("{0}", Math.ceil(left));
  const whole = last?.receipt?.nextHeartbeatInSeconds;
  part("until").value = left === undefined || !whole ? 0 : Math.min(1, left / whole);
}

// One request at a time, and one more after it if somebody came or went meanwhile.
async function showFaces() {
  facesWanted = true;
  if (facesUnderWay) return;
  facesUnderWay = true;
  while (facesWanted) {
    facesWanted = false;
    const viewers = await presence.getRoomOnlineUsers({ limit: shownFaces, sort: "-joined" }).catch(() => undefined);
    if (viewers) part("faces").replaceChildren(...viewers.map(faceOf));
    await new Promise(resolve => setTimeout(resolve, 1000));
  }
  facesUnderWay = false;
}

// What does not show itself stays out, and a name of nothing else is none.
const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u034f\u115f\u1160\u2800\u3164\uffa0\ufe00-\ufe0f]/gu;

function faceOf({ userId, displayName: said }) {
  const displayName = said?.replace(hidden, "").trim() || (userId.startsWith("~guest-") ? texts.guest : userId);
  const face = document.createElement("li");
  const all = displayName.split(/[\s._-]+/).filter(word => word);
  const lettered = all.filter(word => /\p{L}/u.test(word));
  const words = lettered.length ? lettered : all;
  const letters = words.length > 1 ? [...words[0]][0] + [...words.at(-1)][0] : [...(words[0] ?? displayName)].slice(0, 2).join("");
  face.className = `avatar avatar-${[...userId].reduce((sum, character) => sum + character.codePointAt(0), 0) % 6}${userId === identity.userId ? " is-me" : ""}`;
  face.title = displayName;
  face.append(element("span", "", letters.toUpperCase()), element("bdi", "visually-hidden", displayName));
  face.firstChild.setAttribute("aria-hidden", "true");
  return face;
}

function element(tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

function note(what, outcome, kind = "") {
  const row = document.createElement("li");
  row.className = kind;
  row.append(element("time", "", new Date().toLocaleTimeString([], { hour12: false })), element("span", "demo-what", what), element("span", "demo-outcome", outcome));
  part("log").prepend(row);
  while (part("log").children.length > shownRows) part("log").lastChild.remove();
}

// The client asks through this as any app's does; here it is looked over the shoulder.
const ask = window.fetch;
window.fetch = async (address, init = {}) => {
  const { pathname } = new URL(address, location.href);
  const what = `${init.method ?? "GET"} ${pathname.replace(/^.*?\/api\/v\d+\//, "").replace(/^presence\/rooms\/[^/]+/, "…")}`;
  const said = typeof init.body === "string" && pathname.endsWith("/heartbeat") ? ` ${JSON.parse(init.body).state}` : "";
  try {
    const answer = await ask(address, init);
    note(what + said, answer.status, answer.ok ? "" : "is-refused");
    if (pathname.endsWith("/heartbeat") && init.method === "POST") {
      part("reply").textContent = JSON.stringify(await answer.clone().json(), null, 1);
      if (answer.ok) part("taken").textContent = ++taken;
    }
    return answer;
  } catch (failure) {
    if (!init.signal?.aborted) note(what + said, texts.noAnswer, "is-refused");
    throw failure;
  }
};

part("name").value = identity.name;
part("identity").addEventListener("submit", async event => {
  event.preventDefault();
  identity.name = part("name").value.trim() || identity.name;
  await presence.stopHeartbeat(); // the name comes with the token, so another token has to come
  enter();
});
part("room").addEventListener("change", event => {
  roomId = event.target.value;
  history.replaceState(null, "", `?room=${encodeURIComponent(roomId)}`);
  presence.switchRoom(roomId).catch(() => {}); // the state says it
});
part("leave").addEventListener("click", () => presence.stopHeartbeat());
part("return").addEventListener("click", () => presence.startHeartbeat().catch(() => {}));
document.addEventListener("visibilitychange", () => {
  texts.tab = document.hidden ? "hidden" : "visible";
  note(document.hidden ? texts.becameHidden : texts.becameVisible, "", "is-note");
});
setInterval(showNext, 250);
enter();
