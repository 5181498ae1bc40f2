import type { SeenRequest } from "./FakeServer.js";

/** Server-sent events that a test sends by hand. */
export class FakeStream {
  #controller!: ReadableStreamDefaultController<Uint8Array>;
  isCancelled = false;

  readonly response = (request: SeenRequest): Response => {
    const body = new ReadableStream<Uint8Array>({
      start: controller => void (this.#controller = controller),
      cancel: () => void (this.isCancelled = true),
    });
    request.init.signal!.addEventListener("abort", () => {
      this.isCancelled = true;
      try {
        this.#controller.error(request.init.signal!.reason);
      } catch {
        // it had ended before
      }
    });
    return new Response(body);
  };

  send(text: string): void {
    this.#controller.enqueue(new TextEncoder().encode(text));
  }

  event(name: string, count: number): void {
    this.send(`event: ${name}\nid: 1\ndata: {"count":${count}}\n\n`);
  }

  /** In a stream of several rooms. */
  eventOf(roomId: string, name: string, count: number): void {
    this.send(`event: ${name}\nid: 1.2.1.a\ndata: ${JSON.stringify({ roomId, count })}\n\n`);
  }

  end(): void {
    this.#controller.close();
  }

  break(): void {
    this.#controller.error(new TypeError("network error"));
  }
}
