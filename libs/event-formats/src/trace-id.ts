/** The trace of a W3C traceparent (Trace Context §3.2); empty when there is none. */
export const traceIdOf = (traceparent: string): string => traceparent.split("-")[1] ?? "";
