/** How the command can end: one number for each kind of end, and no other. */
export const EXIT = {
  done: 0,
  fault: 1,
  usage: 2,
  missing: 3,
  refused: 4,
  conflict: 5,
  partly: 6,
  unreachable: 7,
  failed: 8,
  differs: 9,
  disproved: 10,
  // What a shell says of a program that Ctrl-C ended: 128 and the number of SIGINT.
  interrupted: 130,
} as const;

/** When it ends so, for people. */
export const EXIT_MEANINGS: Readonly<Record<keyof typeof EXIT, string>> = {
  done: "all that was asked for is done",
  fault: "a fault of this program, with a stack; please report it",
  usage: "it was called wrongly, or a file that it was given cannot be read; nothing was asked",
  missing: "there is no such thing",
  refused: "the platform refused: it may not be done, not by you, or not like this",
  conflict: "it does not fit what is there; look, then ask again",
  partly: "some of it is done and some is not; each that is not was named",
  unreachable: "the platform, or every device that was asked, did not answer; try again",
  failed: "what was to be done was tried and failed, such as a command on a device",
  differs: "`drift`: not all is as the documents say",
  disproved: "`audit verify`: the chain is broken",
  interrupted: "a person broke it off",
};

/** How a refusal of the API ends the command. */
export function exitOf(status: number): number {
  if (status >= 500 || status === 429) return EXIT.unreachable;
  if (status === 404) return EXIT.missing;
  if (status === 409) return EXIT.conflict;
  return EXIT.refused;
}
