/** How often a stream says that it lives; an agent that hears nothing for twice as long connects again. */
export const PING_MS = 30_000;
