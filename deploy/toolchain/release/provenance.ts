import type { Statement } from "./layout.ts";

/** What BuildKit says of how an image came to be, as far as it is read: SLSA's provenance v1 with BuildKit's build type. */
export interface Provenance {
  readonly buildDefinition: {
    readonly buildType: string;
    readonly externalParameters: { readonly request: { readonly args?: Readonly<Record<string, string>> } };
    readonly resolvedDependencies?: readonly { readonly uri: string; readonly digest?: { readonly sha256?: string } }[];
  };
  readonly runDetails: {
    readonly metadata?: { readonly buildkit_metadata?: { readonly vcs?: { readonly revision?: string } } };
  };
}

export interface Expected {
  /** The image's, of one platform. */
  readonly digest: string;
  readonly revision: string;
  readonly buildArguments: Readonly<Record<string, string>>;
}

const BUILD_TYPE = "https://github.com/moby/buildkit/blob/master/docs/attestations/slsa-definitions.md";

/** Every way in which a statement is not what a release needs it to be, as sentences. */
export function provenanceProblems(statement: Statement, expected: Expected): readonly string[] {
  const { buildDefinition, runDetails } = statement.predicate as Provenance;
  const { args = {} } = buildDefinition.externalParameters.request;
  const revision = runDetails.metadata?.buildkit_metadata?.vcs?.revision;
  const images = (buildDefinition.resolvedDependencies ?? []).filter(({ uri }) => uri.startsWith("pkg:docker/"));
  const unpinned = images.filter(({ digest }) => digest?.sha256 === undefined);
  const problems: (string | false)[] = [
    statement.subject.every(({ digest }) => `sha256:${digest.sha256}` !== expected.digest) &&
      `It is of another image than ${expected.digest}.`,
    buildDefinition.buildType !== BUILD_TYPE && `Its build type is ${buildDefinition.buildType}.`,
    revision !== expected.revision && `It names the revision ${revision}, and this is ${expected.revision}.`,
    ...Object.entries(expected.buildArguments).map(
      ([name, value]) =>
        args[`build-arg:${name}`] !== value && `It has ${args[`build-arg:${name}`]} for ${name}, and it was ${value}.`,
    ),
    images.length === 0 && "It names no base image.",
    ...unpinned.map(({ uri }) => `It names ${uri} without a digest.`),
  ];
  return problems.filter((problem) => problem !== false);
}
