import { randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import { createServer } from "node:net";
import { StartupProblem } from "./startup-problem.ts";

const LOOPBACK = "127.0.0.1";

/**
 * Where ports are looked for. Systems give outgoing connections ports from 32768 (Linux) or 49152 (RFC 6335 §6) on: one
 * found free up there is often taken by a connection of our own before a server listens on it.
 */
const [LOWEST, HIGHEST] = [10_240, 32_767];

/** A TCP port nobody listens on, and that nobody else is given here while this process runs. Another program may still take it. */
export async function freePort(): Promise<number> {
  const [port = 0] = await freePorts(1);
  return port;
}

/** So many such ports, each another one. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  const all = HIGHEST - LOWEST + 1;
  const first = randomInt(all);
  for (let tried = 0; ports.length < count; tried++) {
    if (tried === all) throw new StartupProblem(`Fewer than ${count} ports are free from ${LOWEST} to ${HIGHEST}.`);
    const port = LOWEST + ((first + tried) % all);
    if ((await isFree(port)) && (await claim(port))) ports.push(port);
  }
  return ports;
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

const isFree = (port: number): Promise<boolean> =>
  bindOnce(port).then(
    () => true,
    () => false,
  );

/**
 * Marks a port as given away by holding the UDP port of its number, until this process ends. Processes that look at the same
 * time, such as tests that each start a platform, find a port free until a server listens on it, seconds later.
 */
function claim(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const mark = createSocket("udp4");
    mark.once("error", () => mark.close(() => resolve(false)));
    mark.bind({ port, address: LOOPBACK, exclusive: true }, () => {
      mark.unref();
      resolve(true);
    });
  });
}

function bindOnce(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen({ port, host: LOOPBACK, exclusive: true }, () => server.close(() => resolve()));
  });
}
