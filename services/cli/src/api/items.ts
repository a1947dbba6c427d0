import { itemsOf as itemsIn } from "@muster/api-client/lines";
import { Problem } from "@muster/api-client/problem";
import { exitOf } from "../exit-codes.ts";
import { Failure } from "../failure.ts";
import type { Json } from "./client.ts";

/** The items of an answer in lines of JSON as they come; a problem among them is a Failure. */
export async function* itemsOf(response: Response): AsyncGenerator<Json> {
  try {
    yield* itemsIn(response);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw new Failure(exitOf(error.status), `${error.message} (${error.code})`, { cause: error });
  }
}
