import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { STREAMS } from "@muster/eventbus/streams";
import { parse, parseAllDocuments } from "yaml";

const charts = fileURLToPath(new URL("../../../charts", import.meta.url));
const read = (path: string): string => readFileSync(join(charts, path), "utf8");

interface Rendered {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
}
interface Values {
  readonly postgres: { readonly host: string; readonly sslMode: string; readonly caSecret: string };
  readonly nats: { readonly url: string; readonly replicas: number; readonly monitoring: string };
  readonly networkPolicy: {
    readonly to: Readonly<Record<"postgres" | "nats", readonly [{ readonly podSelector: { matchLabels: object } }]>>;
  };
}

const rendered = (path: string): readonly Rendered[] =>
  parseAllDocuments(read(path)).map((document) => document.toJS() as Rendered);

describe("the trial's values of both charts", () => {
  const backing = rendered("muster-backing/examples/golden/trial.yaml");
  const trial = parse(read("muster/examples/trial.yaml")) as Values;
  // Rendered as the release muster, installed as the release backing.
  const services = backing
    .filter(({ kind }) => kind === "Service")
    .map(({ metadata }) => metadata.name.replace(/^muster-/, "backing-"));

  it("name servers that are there", () => {
    const asked = [trial.postgres.host, new URL(trial.nats.url).hostname, trial.nats.monitoring.split(":")[0]];
    assert.deepEqual(
      asked.filter((host) => !services.includes(host ?? "")),
      [],
    );
  });

  it("let the platform out to where its servers are", () => {
    for (const component of ["postgres", "nats"] as const) {
      const labels = backing.find(
        ({ kind, metadata }) => kind === "StatefulSet" && metadata.name === `muster-${component}`,
      )?.metadata.labels;
      const [{ podSelector }] = trial.networkPolicy.to[component];
      for (const [label, value] of Object.entries(podSelector.matchLabels)) assert.equal(labels?.[label], value);
    }
  });

  it("let those in who are of the platform", () => {
    const policy = backing.find(({ kind }) => kind === "NetworkPolicy") as unknown as {
      readonly spec: {
        readonly ingress: readonly [{ readonly from: readonly [{ podSelector: { matchLabels: object } }] }];
      };
    };
    const wanted = policy.spec.ingress[0].from[0].podSelector.matchLabels;
    const platform = rendered("muster/examples/golden/trial.yaml").filter(({ kind }) =>
      ["Deployment", "Job"].includes(kind),
    );
    assert.ok(platform.length > 0);
    for (const { metadata } of platform) {
      for (const [label, value] of Object.entries(wanted)) assert.equal(metadata.labels[label], value, metadata.name);
    }
  });
});

describe("what production is backed by", () => {
  const production = parse(read("muster/examples/production.yaml")) as Values;
  const bus = parse(read("muster/examples/backing/nats.yaml")) as {
    readonly config: {
      readonly cluster: { readonly replicas: number };
      readonly jetstream: { readonly fileStore: { readonly maxSize: string } };
    };
  };
  const defaults = parse(read("muster/values.yaml")) as { readonly nats: { readonly streamMib: number } };

  it("is as many NATS servers as keep each stream, with room for all of them", () => {
    assert.equal(bus.config.cluster.replicas, production.nats.replicas);
    assert.equal(production.nats.url.split(",").length, production.nats.replicas);
    const room = Number.parseInt(bus.config.jetstream.fileStore.maxSize, 10) * 1024;
    assert.ok(room > Object.keys(STREAMS).length * defaults.nats.streamMib);
  });

  it("is a Postgres of the name that is asked, with the authority that is believed", () => {
    const { metadata } = parse(read("muster/examples/backing/postgres.yaml")) as Rendered;
    assert.equal(production.postgres.host, `${metadata.name}-rw`);
    assert.equal(production.postgres.caSecret, `${metadata.name}-ca`);
  });
});
