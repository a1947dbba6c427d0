import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** Stands between a client and a server, and ends the connection when the server answers, as often as it is told to. */
export class AnswerCutter {
  /** How many more answers are lost. */
  cuts = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  /** `port` is the server's; it is asked for at each connection. */
  constructor(port: () => number) {
    this.#server = createServer((client) => {
      const server = connect(port(), "127.0.0.1");
      const end = () => {
        client.destroy();
        server.destroy();
      };
      for (const socket of [client, server]) {
        this.#sockets.add(socket);
        socket.on("error", end).on("close", end);
      }
      client.on("data", (data) => server.write(data));
      server.on("data", (data) => {
        if (this.cuts === 0) client.write(data);
        else {
          this.cuts--;
          end();
        }
      });
    });
  }

  async open(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
