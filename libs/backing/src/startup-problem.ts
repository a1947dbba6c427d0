/** Something on this machine is in the way. The message is a sentence for a person and says what to do. */
export class StartupProblem extends Error {
  override readonly name = "StartupProblem";
}
