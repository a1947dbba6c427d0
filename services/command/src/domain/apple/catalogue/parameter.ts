/** What one key of a command may hold. */
export type Parameter = (
  | { readonly type: "text"; readonly among?: readonly string[] }
  | { readonly type: "flag" }
  | { readonly type: "whole"; readonly among?: readonly number[] }
  | { readonly type: "data" }
  | { readonly type: "list"; readonly of: Parameter }
  /** Keys that are not named are let through: what Apple adds must not wait for us. */
  | { readonly type: "dictionary"; readonly keys: Parameters }
) & { readonly required?: true; readonly secret?: true };

export type Parameters = Readonly<Record<string, Parameter>>;

export const text = (...among: readonly string[]): Parameter =>
  among.length === 0 ? { type: "text" } : { type: "text", among };
export const flag: Parameter = { type: "flag" };
export const whole = (...among: readonly number[]): Parameter =>
  among.length === 0 ? { type: "whole" } : { type: "whole", among };
export const data: Parameter = { type: "data" };
export const listOf = (of: Parameter): Parameter => ({ type: "list", of });
export const dictionary = (keys: Parameters = {}): Parameter => ({ type: "dictionary", keys });

export const required = (parameter: Parameter): Parameter => ({ ...parameter, required: true });
/** Kept sealed, and in no event, log or answer. */
export const secret = (parameter: Parameter): Parameter => ({ ...parameter, secret: true });
