import { NEWEST_KUBERNETES } from "../charts/schemas.ts";

/** Programs that are built together, from Go modules for which the Go checksum database vouches. */
export interface Build {
  /** Such as go.etcd.io/etcd/server/v3@v3.7.3. */
  readonly modules: readonly string[];
  /** What is built, and from which package. */
  readonly programs: Readonly<Record<string, string>>;
  /** A folder beside this file whose main.go is built from the modules. */
  readonly source?: string;
  /** Whether the libraries of Kubernetes are those of the version below, which are compiled once for all. */
  readonly kubernetesLibraries?: boolean;
  /** String variables that the linker sets. */
  readonly variables?: Readonly<Record<string, string>>;
}

export const KUBERNETES = NEWEST_KUBERNETES;

const [major = "", minor = ""] = KUBERNETES.split(".");
const VERSION = "k8s.io/component-base/version";

const kubernetes = (...names: readonly string[]): Build => ({
  modules: [`k8s.io/kubernetes@v${KUBERNETES}`],
  programs: Object.fromEntries(names.map((name) => [name, `k8s.io/kubernetes/cmd/${name}`])),
  kubernetesLibraries: true,
  variables: {
    [`${VERSION}.gitVersion`]: `v${KUBERNETES}`,
    [`${VERSION}.gitMajor`]: major,
    [`${VERSION}.gitMinor`]: minor,
  },
});

const CONTAINERD = "github.com/containerd/containerd/v2";
const CNI = "github.com/containernetworking/plugins";

export const CONTROL_PLANE: readonly Build[] = [
  { modules: ["go.etcd.io/etcd/server/v3@v3.7.3"], programs: { etcd: "go.etcd.io/etcd/server/v3" } },
  kubernetes("kube-apiserver", "kube-controller-manager", "kubectl"),
];

/** What runs pods, but for runc: its filters of system calls need a C library. */
export const NODE: readonly Build[] = [
  kubernetes("kube-scheduler", "kubelet", "kube-proxy"),
  {
    modules: [`${CONTAINERD}@v2.4.2`],
    programs: Object.fromEntries(
      ["containerd", "containerd-shim-runc-v2", "ctr"].map((name) => [name, `${CONTAINERD}/cmd/${name}`]),
    ),
  },
  {
    modules: [`${CNI}@v1.10.0`],
    programs: {
      bridge: `${CNI}/plugins/main/bridge`,
      loopback: `${CNI}/plugins/main/loopback`,
      "host-local": `${CNI}/plugins/ipam/host-local`,
    },
  },
  {
    modules: ["github.com/cloudnativelabs/kube-router/v2@v2.1.0"],
    programs: { "kube-router": "github.com/cloudnativelabs/kube-router/v2/cmd/kube-router" },
  },
  {
    modules: ["github.com/coredns/coredns@v1.15.0"],
    source: "dns",
    kubernetesLibraries: true,
    programs: { coredns: "." },
  },
  { modules: [], source: "pause", programs: { pause: "." } },
];

const BUILDKIT = "github.com/moby/buildkit";
const BUILDX = "github.com/docker/buildx";

/** What builds a release, and what lists what is in it. */
export const BUILDER: readonly Build[] = [
  {
    modules: [`${BUILDKIT}@v0.34.2`],
    programs: { buildkitd: `${BUILDKIT}/cmd/buildkitd` },
    variables: { [`${BUILDKIT}/version.Version`]: "v0.34.2" },
  },
  {
    modules: [`${BUILDX}@v0.38.2`],
    programs: { "docker-buildx": `${BUILDX}/cmd/buildx` },
    variables: { [`${BUILDX}/version.Version`]: "v0.38.2" },
  },
  {
    modules: ["github.com/anchore/syft@v1.57.1"],
    programs: { syft: "github.com/anchore/syft/cmd/syft" },
    variables: { "main.version": "1.57.1" },
  },
];
