/** Why a signal was aborted, once it is. */
export function whenAborted(signal: AbortSignal | null | undefined): Promise<Error> {
  return new Promise(resolve => {
    const aborted = () => resolve(signal!.reason instanceof Error ? signal!.reason : new DOMException("aborted", "AbortError"));
    if (signal?.aborted)
      aborted();
    signal?.addEventListener("abort", aborted);
  });
}
