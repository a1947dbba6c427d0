import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { SimulatedAppleDevice } from "../apple-device.ts";
import type { AppleFleet } from "./apple-fleet.ts";

export interface ControlDoor {
  readonly url: string;
  close(): Promise<void>;
}

const describe = (name: string, { hardware, state, enrollment, channel, ledger }: SimulatedAppleDevice) => ({
  name,
  kind: hardware.kind,
  product: hardware.model.product,
  os: `${state.os.family} ${state.os.version}`,
  udid: hardware.udid,
  serial: hardware.serial,
  enrolled: enrollment !== undefined,
  supervised: state.supervised,
  locked: state.locked,
  pushToken: channel.pushToken.toString("hex"),
  pushMagic: channel.pushMagic,
  profiles: [...state.profiles.keys()],
  counts: ledger.counts(),
});

const answer = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
};

type Act = (fleet: AppleFleet, name: string, device: SimulatedAppleDevice) => unknown;

/** What a test can do to a device from outside. */
const ACTS: Readonly<Record<string, Act>> = {
  push: (_, __, device) => device.channel.pushed(),
  poll: (_, __, device) => device.poll("by hand"),
  step: async (fleet, name) => ({ what: await fleet.step(name) }),
  lock: (_, __, device) => device.lock(),
  unlock: (_, __, device) => device.unlock(),
  "power-on": (_, __, device) => device.powerOn(),
  "remove-management": (_, __, device) => device.removeManagement(),
  erase: (_, __, device) => device.eraseByHand(),
  enroll: (fleet, name) => fleet.enroll(name),
};
const USAGE = {
  error: `GET /devices/<name>[/ledger|/commands]; POST /devices/<name>/<${Object.keys(ACTS).join("|")}>`,
};

/** As APNs has it: `/3/device/<token>` and `{"mdm": "<magic>"}`. */
const push = async (
  fleet: AppleFleet,
  token: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const { mdm } = JSON.parse(await text(request)) as { mdm?: unknown };
  if (typeof mdm !== "string") return answer(response, 400, { reason: "PayloadEmpty" });
  if (!fleet.pushes.push(token, mdm)) return answer(response, 410, { reason: "Unregistered" });
  return answer(response, 200, {});
};

const serve = async (fleet: AppleFleet, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const [, collection, name = "", action = ""] = (request.url ?? "").split("/").map(decodeURIComponent);
  if (collection === "3" && name === "device") return await push(fleet, action, request, response);
  if (collection !== "devices") return answer(response, 404, USAGE);
  if (name === "")
    return answer(
      response,
      200,
      fleet.devices.map((member) => describe(member.name, member.device)),
    );
  const device = fleet.device(name);
  if (device === undefined) return answer(response, 404, { error: `no such device: ${name}` });
  if (request.method === "GET" && action === "") return answer(response, 200, describe(name, device));
  if (request.method === "GET" && action === "ledger") return answer(response, 200, device.ledger.entries());
  if (request.method === "GET" && action === "commands")
    return answer(response, 200, Object.fromEntries(device.ledger.commands()));
  const act = ACTS[action];
  if (request.method !== "POST" || act === undefined) return answer(response, 405, USAGE);
  return answer(response, 200, (await act(fleet, name, device)) ?? {});
};

/** Lets a test, or a simulated APNs in another process, reach into the fleet. */
export const openControlDoor = async (fleet: AppleFleet, port = 0): Promise<ControlDoor> => {
  const server = createServer((request, response) => {
    serve(fleet, request, response).catch((error: unknown) => {
      answer(response, 400, { error: error instanceof Error ? error.message : String(error) });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
};
