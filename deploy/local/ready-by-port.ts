import { connect } from "node:net";

/** Ready when something accepts connections on the loopback port. */
export function readyByPort(port: number): () => Promise<boolean> {
  return () =>
    new Promise((resolve) => {
      const socket = connect({ port, host: "127.0.0.1", timeout: 1_000 });
      const settle = (ready: boolean) => (): void => {
        socket.destroy();
        resolve(ready);
      };
      socket.once("connect", settle(true)).once("error", settle(false)).once("timeout", settle(false));
    });
}
