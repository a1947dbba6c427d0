import type { NatsConnection } from "@nats-io/transport-node";
import type { HostConfigs } from "../usecases/host-config.ts";
import type { KnownHosts } from "../usecases/known-hosts.ts";
import type { LiveQueryWatchers } from "../usecases/live-query-watchers.ts";
import type { Signals } from "../usecases/ports.ts";

/** More devices than this are told by one message for the whole tenant. */
const SINGLY = 1_000;

const WORK = "work.inventory";
const LIVE = "changed.livequery";
const CONFIG = "changed.osqueryconfig";

/** Core NATS, at most once: whoever misses a message finds the change by asking within a minute. */
export function signalsOver(bus: NatsConnection): Signals {
  const publish = (subject: string, payload = ""): void => {
    if (!bus.isClosed()) bus.publish(subject, payload);
  };
  return {
    workChanged: (tenant, devices, wake) => {
      if (devices === "all" || devices.length > SINGLY) {
        publish(`${WORK}.${tenant}`);
        if (wake) publish(`wake.tenant.${tenant}`, "queries");
        return;
      }
      if (devices.length === 0) return;
      publish(`${WORK}.${tenant}`, devices.join(","));
      if (wake) for (const device of devices) publish(`wake.device.${tenant}.${device}`, "queries");
    },
    liveQueryChanged: (tenant, id) => publish(`${LIVE}.${tenant}.${id}`),
    configChanged: (tenant) => publish(`${CONFIG}.${tenant}`),
  };
}

export interface Hearers {
  readonly known: KnownHosts;
  readonly configs: HostConfigs;
  readonly watchers: LiveQueryWatchers;
}

export function hearSignals(bus: NatsConnection, { known, configs, watchers }: Hearers): void {
  bus.subscribe(`${WORK}.*`, {
    callback: (_error, message) => {
      const payload = message.string();
      known.forget(message.subject.slice(WORK.length + 1), payload === "" ? "all" : payload.split(","));
    },
  });
  bus.subscribe(`${CONFIG}.*`, {
    callback: (_error, message) => configs.forget(message.subject.slice(CONFIG.length + 1)),
  });
  bus.subscribe(`${LIVE}.*.*`, {
    callback: (_error, message) => watchers.changed(message.subject.split(".")[3] ?? ""),
  });
}
