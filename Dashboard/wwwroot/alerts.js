// Tells of alerts in this browser: a tone, a notification. Once a browser, however many tabs of it are open.
let sound;

// Browsers play nothing before somebody pressed something.
addEventListener("pointerdown", () => { if (sound?.state === "suspended") sound.resume(); });

function chime() {
  sound ??= new AudioContext();
  for (const [at, pitch] of [[0, 880], [0.18, 660]]) {
    const tone = sound.createOscillator();
    const volume = sound.createGain();
    const begin = sound.currentTime + at;
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.15, begin);
    volume.gain.exponentialRampToValueAtTime(0.001, begin + 0.3);
    tone.connect(volume).connect(sound.destination);
    tone.start(begin);
    tone.stop(begin + 0.3);
  }
}

async function show({ title, body, tag, url }) {
  if (globalThis.Notification?.permission !== "granted") return;
  const options = { body, tag, data: { url } };
  const worker = await navigator.serviceWorker?.getRegistration();
  if (worker?.active) return worker.showNotification(title, options); // phones know no other
  const notification = new Notification(title, options);
  notification.onclick = () => { focus(); location.assign(new URL(url, document.baseURI)); };
}

function tell(alert) {
  if (alert.sound) chime();
  if (alert.notify) show(alert);
}

export function signal(alert) {
  if (!navigator.locks) return tell(alert); // not a secure context
  navigator.locks.request(`presence-alert-${alert.tag}`, { ifAvailable: true }, lock => {
    if (!lock) return; // another tab tells
    tell(alert);
    return new Promise(done => setTimeout(done, 3000));
  });
}

// Asked on a click only.
export const ask = async () => globalThis.Notification ? await Notification.requestPermission() : "unsupported";

// Push to this device. A subscription is of one public key of the server, and is its endpoint for as long as the push service keeps it.
const remembered = "presence-push";

async function make(registration, key) {
  const { endpoint, keys } = (await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key })).toJSON();
  localStorage.setItem(remembered, endpoint);
  const agent = navigator.userAgentData;
  return { endpoint, p256dh: keys.p256dh, auth: keys.auth, name: agent ? `${agent.platform}, ${agent.brands.at(-1)?.brand}` : navigator.platform };
}

// Null where the browser has no push, or its user said no.
export async function subscribe(key) {
  if (!navigator.serviceWorker || !globalThis.PushManager || await Notification.requestPermission() !== "granted") return null;
  await navigator.serviceWorker.register(new URL("sw.js", document.baseURI));
  const registration = await navigator.serviceWorker.ready;
  await (await registration.pushManager.getSubscription())?.unsubscribe(); // it can be of another key
  return make(registration, key);
}

// With each visit: makes a subscription that the server lost anew, and says which one it takes the place of.
export async function renew(key, lost) {
  if (globalThis.Notification?.permission !== "granted") return null;
  const registration = await navigator.serviceWorker?.getRegistration();
  if (!registration?.pushManager) return null;
  const before = await registration.pushManager.getSubscription();
  const replaced = before?.endpoint ?? localStorage.getItem(remembered); // a push service can drop it without a word
  if (!lost.includes(replaced)) return null;
  await before?.unsubscribe();
  return { ...await make(registration, key), replaced };
}
