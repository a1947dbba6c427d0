import type { HttpDoor } from "@muster/host/http-door";
import { sendJson } from "./identify.ts";

/** GET /version: osquery fleets use it to see whether the server is there before they send logs. */
export function offerVersion(door: HttpDoor, version: string): void {
  const body = JSON.stringify({ version, branch: "", revision: "", go_version: "", build_date: "", build_user: "" });
  door.get("/version", (_request, reply) => sendJson(reply, body));
}
