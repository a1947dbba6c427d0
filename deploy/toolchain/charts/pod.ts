/** The content of Secrets, by name and key. */
export type SecretContents = Readonly<Record<string, Readonly<Record<string, string>>>>;

export interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly secretKeyRef: { readonly name: string; readonly key: string } };
}

export interface Volume {
  readonly projected?: { readonly sources: readonly { readonly secret: SecretSource }[] };
}

interface SecretSource {
  readonly name: string;
  readonly items: readonly { readonly key: string; readonly path: string }[];
}

/** A key of a Secret that is a file below /etc/muster. */
export interface SecretFile {
  readonly secret: string;
  readonly key: string;
  readonly path: string;
}

export const secretFiles = (volumes: readonly Volume[]): readonly SecretFile[] =>
  volumes
    .flatMap(({ projected }) => projected?.sources ?? [])
    .flatMap(({ secret: { name, items } }) => items.map(({ key, path }) => ({ secret: name, key, path })));

/** @throws where there is no such key, as no pod starts then */
export function secretText(secrets: SecretContents, name: string, key: string): string {
  const value = secrets[name]?.[key];
  if (value === undefined) throw new Error(`The key ${key} of the Secret ${name} is asked for, and not there.`);
  return value;
}

/** As the kubelet does it: `$(NAME)` stands for a variable that came before. */
export function environmentOf(
  variables: readonly Variable[],
  secrets: SecretContents,
): readonly (readonly [string, string])[] {
  const known = new Map<string, string>();
  for (const { name, value = "", valueFrom } of variables) {
    const { secretKeyRef } = valueFrom ?? {};
    known.set(
      name,
      secretKeyRef
        ? secretText(secrets, secretKeyRef.name, secretKeyRef.key)
        : value.replace(/\$\((\w+)\)/g, (whole, other: string) => known.get(other) ?? whole),
    );
  }
  return [...known];
}
