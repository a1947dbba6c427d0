import { Api } from "../api/client.ts";
import { currentContext } from "../api/settings.ts";
import { type Format, formatOf } from "../output/print.ts";

/** The options every command takes. */
export interface GlobalOptions {
  readonly server?: string;
  readonly token?: string;
  readonly context?: string;
  readonly output: string;
}

export interface Session {
  readonly api: Api;
  readonly format: Format;
}

export const openSession = (options: GlobalOptions): Session => ({
  api: new Api(currentContext(options, process.env)),
  format: formatOf(options.output),
});
