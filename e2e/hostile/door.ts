/** One way into a process from outside, with what a well-behaved caller would send. */
export interface Door {
  /** For the table, such as `osquery enroll`. */
  readonly name: string;
  readonly method: string;
  readonly url: string;
  /** A valid body, or nearly: attacks are made from it. Absent where the method has none. */
  readonly body?: string;
  /** What authenticates the caller when it is not in the body. */
  readonly headers?: Readonly<Record<string, string>>;
  /** PEM, for https. */
  readonly ca?: string;
}
