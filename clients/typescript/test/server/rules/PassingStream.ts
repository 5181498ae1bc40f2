/** An event stream of the real server on its way to the client, which a test can silence, end or break. */
export class PassingStream {
  readonly body: ReadableStream<Uint8Array>;
  readonly #source: ReadableStreamDefaultReader<Uint8Array>;
  #controller!: ReadableStreamDefaultController<Uint8Array>;
  #isOver = false;

  /** @param isSilent Asked with every part that comes: whether it gets lost. */
  constructor(source: ReadableStream<Uint8Array>, isSilent: () => boolean) {
    this.#source = source.getReader();
    this.body = new ReadableStream({
      start: controller => void (this.#controller = controller),
      cancel: reason => this.#source.cancel(reason),
    });
    void this.#pump(isSilent);
  }

  /** The server ended it, the client closed it, or the test did either. */
  get isOver(): boolean {
    return this.#isOver;
  }

  end(): void {
    this.#finish(() => this.#controller.close());
  }

  break(): void {
    this.#finish(() => this.#controller.error(new TypeError("network error")));
  }

  async #pump(isSilent: () => boolean): Promise<void> {
    try {
      for (let part; !(part = await this.#source.read()).done;) {
        if (!isSilent())
          this.#controller.enqueue(part.value);
      }
      this.end();
    } catch (error) {
      this.#finish(() => this.#controller.error(error));
    }
  }

  #finish(finish: () => void): void {
    if (this.#isOver)
      return;
    this.#isOver = true;
    finish();
    this.#source.cancel().catch(() => {});
  }
}
