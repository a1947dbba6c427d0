import { createServer, type Server } from "node:http";
import type { Lifecycle } from "./lifecycle.ts";
import type { Telemetry } from "./start-telemetry.ts";

/**
 * Serves what operators and Kubernetes ask: /livez (the event loop turns), /readyz (work is welcome) and /metrics.
 * Liveness looks at nothing outside the process: a restart mends no database.
 */
export function startAdminServer(port: number, lifecycle: Lifecycle, telemetry: Telemetry): Promise<Server> {
  const server = createServer((request, response) => {
    const path = request.url?.split("?")[0];
    if (path === "/livez") response.end("ok\n");
    else if (path === "/readyz") {
      const reasons = lifecycle.notReady();
      response.statusCode = reasons.length === 0 ? 200 : 503;
      response.end(reasons.length === 0 ? "ok\n" : `not ready: ${reasons.join(", ")}\n`);
    } else if (path === "/metrics") telemetry.exporter.getMetricsRequestHandler(request, response);
    else {
      response.statusCode = 404;
      response.end("There is /livez, /readyz and /metrics.\n");
    }
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, () => resolve(server));
  });
}
