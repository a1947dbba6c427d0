/** The four kinds, as the paths of single declarations name them. */
export const KINDS = ["activation", "configuration", "asset", "management"] as const;
export type Kind = (typeof KINDS)[number];

/** As declaration-items and status reports name them. */
export const LISTS = {
  activation: "Activations",
  configuration: "Configurations",
  asset: "Assets",
  management: "Management",
} as const satisfies Record<Kind, string>;

/** The kind that a Type belongs to: com.apple.configuration.… is a configuration. */
export const kindOf = (type: string): Kind | undefined => KINDS.find((kind) => type.startsWith(`com.apple.${kind}.`));
