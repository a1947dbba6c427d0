import { type ApiDoor, ask } from "./ask.ts";
import { documentOf, operationsIn } from "./document.ts";
import { Things } from "./things.ts";
import { wellMade } from "./well-made.ts";

/** Makes one of everything that can be made with one request. */
export async function makeThings(door: ApiDoor): Promise<Things> {
  const things = new Things();
  const devices = await ask(door, { method: "GET", address: "/api/v1/devices" });
  things.found("/api/v1/devices", JSON.parse(devices.text));
  for (const { id, method, path } of operationsIn(await documentOf(door))) {
    const body = wellMade(0, (kind) => things.idOf(kind))[id];
    if (method !== "POST" || path.includes("{") || body === undefined) continue;
    const { status, text } = await ask(door, { method, address: path, body });
    if (status >= 300) throw new Error(`POST ${path} was answered with ${status}: ${text}`);
    things.made(path, JSON.parse(text));
  }
  return things;
}
