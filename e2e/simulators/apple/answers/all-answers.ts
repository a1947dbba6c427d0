import type { Answers } from "./command-answer.ts";
import { deviceInformation } from "./device-information.ts";
import { lostModeAnswers } from "./lost-mode.ts";
import { profileAnswers } from "./profiles.ts";

/** Every request type that the simulated devices know how to execute. */
export const ALL_ANSWERS: Answers = {
  ...deviceInformation,
  ...lostModeAnswers,
  ...profileAnswers,
};
