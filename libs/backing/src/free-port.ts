import { createServer } from "node:net";
import { StartupProblem } from "./startup-problem.ts";

const LOOPBACK = "127.0.0.1";

/** A TCP port nobody listens on. Another program may still take it before the caller does. */
export function freePort(): Promise<number> {
  return bindOnce(0);
}

/** Refuses with a sentence for a person when `port` is taken; `what` names who wanted it. */
export async function requireFreePort(port: number, what: string): Promise<void> {
  try {
    await bindOnce(port);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === "EACCES") {
      throw new StartupProblem(`${what} may not listen on port ${port}: choose a port above 1023.`, { cause });
    }
    throw new StartupProblem(
      `${what} needs port ${port}, but another program listens there. Stop that program (\`lsof -i :${port}\` names it) or choose another port.`,
      { cause },
    );
  }
}

function bindOnce(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen({ port, host: LOOPBACK, exclusive: true }, () => {
      const address = server.address();
      const bound = typeof address === "object" && address !== null ? address.port : port;
      server.close(() => resolve(bound));
    });
  });
}
