import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runGo } from "@muster/backing/go";
import { parseAllDocuments } from "yaml";
import { type Schema, schemasOfApi, schemasOfResource } from "./json-schemas.ts";
import { madeOnce } from "./made-once.ts";

const FETCH_WITHIN_MS = 15 * 60_000;

export const NEWEST_KUBERNETES = "1.37.2";

/** The oldest, the middle and the newest Kubernetes that the charts are held against. */
export const KUBERNETES = ["1.35.4", "1.36.3", NEWEST_KUBERNETES] as const;

/** Go modules that carry the API's description, and the folder in them that does. */
const APIS = KUBERNETES.map((version) => ({
  module: `k8s.io/kubernetes@v${version}`,
  folder: "api/openapi-spec/v3",
  target: `v${version}`,
}));

const RESOURCES = [
  {
    module: "sigs.k8s.io/gateway-api@v1.5.1",
    folder: "config/crd/standard",
    files: ["gateway.networking.k8s.io_httproutes.yaml"],
  },
  { module: "github.com/kedacore/keda/v2@v2.21.0", folder: "config/crd/bases", files: ["keda.sh_scaledobjects.yaml"] },
  {
    module: "github.com/cert-manager/cert-manager@v1.21.2",
    folder: "deploy/crds",
    files: ["cert-manager.io_certificates.yaml"],
  },
  {
    module: "github.com/prometheus-operator/prometheus-operator@v0.85.0",
    folder: "example/prometheus-operator-crd",
    files: ["monitoring.coreos.com_servicemonitors.yaml", "monitoring.coreos.com_prometheusrules.yaml"],
  },
  {
    module: "github.com/external-secrets/external-secrets@v1.3.2",
    folder: "config/crds/bases",
    files: ["external-secrets.io_externalsecrets.yaml"],
  },
];

/** Where kubeconform finds what `kubernetesSchemas` wrote. */
export const SCHEMA_FILE = "{{.Group}}_{{.ResourceAPIVersion}}_{{.ResourceKind}}.json";

/** The APIs whose kinds the charts use; a version of Kubernetes has some sixty. */
const USED = /^(api__v1|apis__(apps|autoscaling|batch|networking\.k8s\.io|policy)__v\d)_openapi\.json$/;

/**
 * A folder of JSON Schemas: one for each version of Kubernetes, and `custom` for the resources that others define, whose
 * definitions are in `definitions` as they came. They are made from Go modules, for which the Go checksum database
 * vouches, and kept; the modules are not.
 */
export async function kubernetesSchemas(say: (line: string) => void): Promise<string> {
  const sources = await Promise.all(
    ["schemas.ts", "json-schemas.ts"].map((file) => readFile(join(import.meta.dirname, file), "utf8")),
  );
  return madeOnce({
    name: "charts/schemas",
    pinned: sources.join(""),
    make: (work) => {
      say("fetching the descriptions of Kubernetes and of the resources of others (once, half a minute)");
      return writeSchemas(work);
    },
  });
}

async function writeSchemas(work: string): Promise<string> {
  const written = join(work, "schemas");
  for (const { module, folder, target } of APIS) {
    const documents = join(await fetchModule(module, work), folder);
    for (const file of (await readdir(documents)).filter((each) => USED.test(each))) {
      await writeAll(join(written, target), schemasOfApi(JSON.parse(await readFile(join(documents, file), "utf8"))));
    }
  }
  await mkdir(join(written, "definitions"), { recursive: true });
  for (const { module, folder, files } of RESOURCES) {
    const definitions = join(await fetchModule(module, work), folder);
    for (const file of files) {
      const text = await readFile(join(definitions, file), "utf8");
      await writeFile(join(written, "definitions", file), text);
      const [definition] = parseAllDocuments(text);
      await writeAll(join(written, "custom"), schemasOfResource(definition?.toJS()));
    }
  }
  return written;
}

/** The folder of a module's sources, below a module cache of our own that goes when the work is done. */
async function fetchModule(module: string, work: string): Promise<string> {
  const answer = await runGo(["mod", "download", "-modcacherw", "-json", module], {
    cwd: work,
    env: { GOMODCACHE: join(work, "modules") },
    withinMs: FETCH_WITHIN_MS,
  });
  return (JSON.parse(answer) as { Dir: string }).Dir;
}

async function writeAll(folder: string, files: ReadonlyMap<string, Schema>): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, schema] of files) await writeFile(join(folder, name), JSON.stringify(schema));
}
