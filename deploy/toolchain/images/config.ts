export interface ImageConfig {
  readonly User: string;
  readonly Labels: Readonly<Record<string, string>>;
}

const LABELS = ["title", "description", "version", "revision", "licenses"] as const;

/** Every way in which an image's configuration is not as docs/kubernetes.md promises, as sentences. */
export function configProblems(
  { User, Labels }: ImageConfig,
  name: string,
  expected: { readonly version?: string; readonly revision?: string } = {},
): readonly string[] {
  const wanted: Readonly<Record<string, string | undefined>> = { title: `muster-${name}`, ...expected };
  const problems = LABELS.flatMap((label) => {
    const value = Labels[`org.opencontainers.image.${label}`];
    if (value === undefined) return `It has no label ${label}.`;
    return wanted[label] === undefined || wanted[label] === value ? [] : `Its label ${label} is ${value}.`;
  });
  return User === "65532:65532" ? problems : [`It runs as ${User || "root"}.`, ...problems];
}
