// One open dashboard: the page as its address answers it, then its circuit, driven as Blazor's browser script drives one.
// Nothing is drawn: what is measured is the server, and what it sends.
import { HttpTransportType, HubConnectionBuilder, LogLevel } from "@microsoft/signalr";
import { MessagePackHubProtocol } from "@microsoft/signalr-protocol-msgpack";
import WebSocket from "ws";

const screenHeight = 900; // pixels, what a list that draws only visible rows is told

export class Dashboard {
  renders = 0;
  #socket = null;
  #cookie;
  #objects = 0;
  #calls = 0;

  constructor(base, cookie) {
    this.base = base;
    this.#cookie = cookie;
  }

  /** Bytes that came over the connection, compressed as they were sent. */
  get bytes() { return this.#socket?._socket?.bytesRead ?? 0; }

  async open(path) {
    const address = new URL(path, this.base).href;
    const answer = await fetch(address, { headers: { cookie: this.#cookie } });
    const page = await answer.text();
    const roots = [...page.matchAll(/<!--Blazor:(\{.*?\})-->/gs)].map(([, json]) => JSON.parse(json)).filter((marker) => marker.type === "server" && marker.descriptor);
    if (roots.length === 0) throw new Error(`${address} answered ${answer.status} and no interactive part; is the visitor signed in?`);
    const state = page.match(/<!--Blazor-Server-Component-State:(.*?)-->/s)?.[1] ?? "";

    const dashboard = this;
    const protocol = new MessagePackHubProtocol();
    protocol.name = "blazorpack";
    this.connection = new HubConnectionBuilder()
      .withUrl(new URL("_blazor", this.base).href, {
        transport: HttpTransportType.WebSockets,
        headers: { cookie: this.#cookie },
        WebSocket: class extends WebSocket {
          constructor(...args) { super(...args); dashboard.#socket = this; }
        },
      })
      .withHubProtocol(protocol)
      .configureLogging(LogLevel.Error)
      .build();
    this.connection.on("JS.RenderBatch", (id) => {
      this.renders++;
      void this.connection.send("OnRenderCompleted", id, null);
    });
    this.connection.on("JS.BeginInvokeJS", (...call) => this.#answer(call));
    this.connection.on("JS.Error", (message) => { throw new Error(message); });
    for (const ignored of ["JS.AttachComponent", "JS.EndInvokeDotNet", "JS.EndUpdateRootComponents", "JS.ReceiveByteArray", "JS.EndLocationChanging"])
      this.connection.on(ignored, () => {});

    await this.connection.start();
    if (!(await this.connection.invoke("StartCircuit", this.base, address, "[]", ""))) throw new Error("The server refused the circuit.");
    const operations = roots.map((marker, index) => ({ type: "add", ssrComponentId: index + 1, marker }));
    await this.connection.send("UpdateRootComponents", JSON.stringify({ batchId: 1, operations }), state);
  }

  close() { return this.connection.stop(); }

  // A call into the page: every object asked for exists, every list of rows is told that it is on screen.
  #answer([task, identifier, json, resultType]) {
    const result = resultType === 1 ? { __jsObjectId: ++this.#objects } : null;
    if (task) void this.connection.send("EndInvokeJSFromDotNet", task, true, JSON.stringify([task, true, result]));
    if (identifier.endsWith("Virtualize.init")) {
      const list = JSON.parse(json)[0].__dotNetObject;
      void this.connection.send("BeginInvokeDotNetFromJS", String(++this.#calls), null, "OnSpacerAfterVisible", list,
        JSON.stringify([1e6, 0, screenHeight]));
    }
  }
}
