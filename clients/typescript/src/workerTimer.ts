// Browsers slow the timers of hidden tabs to one a minute, those of workers they do not.
const source = "onmessage=({data:[i,m]})=>setTimeout(()=>postMessage(i),m)";

const waiting = new Map<number, () => void>();
let last = 0;
let url: string | undefined;
let worker: Worker | undefined;
let isForbidden = false;

/** For pages whose content policy forbids workers made of a blob: where they serve `timer-worker.js`. */
export function setTimerWorkerUrl(address: string): void {
  url = address;
}

/**
 * A timer that keeps time in a hidden tab. An ordinary one runs beside it and the first to fire counts: where there are no
 * workers, where the page's policy forbids them, or where the browser ended ours, nothing is lost but punctuality.
 */
export function setWorkerTimer(callback: () => void, milliseconds: number): () => void {
  const id = ++last;
  const fire = () => {
    cancel();
    callback();
  };
  const ordinary = setTimeout(fire, milliseconds);
  const cancel = () => {
    clearTimeout(ordinary);
    return waiting.delete(id);
  };
  waiting.set(id, fire);
  startWorker()?.postMessage([id, milliseconds]);
  return () => {
    // A page with a running worker may not be kept for the way back: when nothing waits any more, it ends.
    if (cancel() && !waiting.size)
      endWorker();
  };
}

function startWorker(): Worker | undefined {
  if (worker || isForbidden || typeof document === "undefined" || typeof Worker === "undefined")
    return worker;
  try {
    url ??= URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    worker = new Worker(url);
    worker.onmessage = ({ data: id }) => waiting.get(id)?.();
    worker.onerror = event => {
      event.preventDefault();
      isForbidden = true;
      endWorker();
    };
  } catch {
    isForbidden = true;
  }
  return worker;
}

function endWorker(): void {
  worker?.terminate();
  worker = undefined;
}
