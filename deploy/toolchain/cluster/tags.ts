/** The images of a release and of the one before it. */
export const TAGS = { before: "before", after: "after" } as const;
