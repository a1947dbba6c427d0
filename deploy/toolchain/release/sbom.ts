/** What is read of a document of SPDX 2.3. */
export interface SpdxDocument {
  readonly spdxVersion: string;
  readonly packages: readonly SpdxPackage[];
}

interface SpdxPackage {
  readonly name: string;
  readonly licenseDeclared?: string;
  readonly licenseConcluded?: string;
  readonly externalRefs?: readonly { readonly referenceType: string; readonly referenceLocator: string }[];
}

/** Package URLs of what a document lists, without qualifiers and escapes; what stands for the whole image has none. */
export const listedPackages = ({ packages }: SpdxDocument): ReadonlySet<string> =>
  new Set(packages.flatMap((each) => purlOf(each) ?? []));

/** Those that are listed without a license; of programs it is not read, and of packages that are a part of others. */
export const withoutLicense = ({ packages }: SpdxDocument): readonly string[] =>
  packages
    .filter(({ licenseDeclared, licenseConcluded }) => !isLicense(licenseDeclared) && !isLicense(licenseConcluded))
    .flatMap((each) => purlOf(each) ?? [])
    .filter((purl) => !purl.startsWith("pkg:generic/"));

const isLicense = (said: string | undefined): boolean => said !== undefined && !/^NO(ASSERTION|NE)$/.test(said);

function purlOf({ externalRefs = [] }: SpdxPackage): string | undefined {
  const reference = externalRefs.find(({ referenceType }) => referenceType === "purl");
  const [bare] = reference?.referenceLocator.split("?") ?? [];
  return bare === undefined ? undefined : decodeURIComponent(bare);
}

/** Every way in which a list and what is there differ, as sentences; none when they agree. */
export const listProblems = (listed: ReadonlySet<string>, there: ReadonlySet<string>): readonly string[] => [
  ...[...there].filter((purl) => !listed.has(purl)).map((purl) => `The SBOM lacks ${purl}, which is in the image.`),
  ...[...listed].filter((purl) => !there.has(purl)).map((purl) => `The SBOM lists ${purl}, which is not in the image.`),
];
