import { inSpan, isTraced, SpanKind } from "@muster/host/telemetry";
import { ATTRIBUTE, SPAN } from "@muster/host/telemetry-names";

/** A statement over many rows repeats itself. */
const TEXT_AT_MOST = 1_000;

/**
 * Runs a statement in a span, where somebody looks. Its text has parameters in place of values; a statement that was
 * gathered from many requests hangs below one of them.
 */
export function inStatementSpan<T>(text: string, schema: string, run: () => Promise<T>): Promise<T> {
  if (!isTraced()) return run();
  const operation = /\w+/.exec(text)?.[0].toUpperCase() ?? "";
  const attributes = {
    [ATTRIBUTE.dbSystem]: "postgresql",
    [ATTRIBUTE.dbNamespace]: schema,
    [ATTRIBUTE.dbOperation]: operation,
    [ATTRIBUTE.dbQueryText]: text.slice(0, TEXT_AT_MOST),
  };
  return inSpan(SPAN.statement(operation, schema), { kind: SpanKind.CLIENT, attributes }, run);
}
