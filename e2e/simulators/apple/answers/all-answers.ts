import { applicationAnswers } from "./applications.ts";
import type { Answers } from "./command-answer.ts";
import { deviceInformation } from "./device-information.ts";
import { lostModeAnswers } from "./lost-mode.ts";
import { mediaAndMirroringAnswers } from "./media-and-mirroring.ts";
import { powerAnswers } from "./power.ts";
import { profileAnswers } from "./profiles.ts";
import { securityAnswers } from "./security.ts";
import { settingsAnswers } from "./settings.ts";
import { setupAnswers } from "./setup.ts";
import { softwareUpdateAnswers } from "./software-update.ts";
import { userAnswers } from "./users.ts";

/** Every request type that the simulated devices know how to execute. */
export const ALL_ANSWERS: Answers = {
  ...applicationAnswers,
  ...deviceInformation,
  ...lostModeAnswers,
  ...mediaAndMirroringAnswers,
  ...powerAnswers,
  ...profileAnswers,
  ...securityAnswers,
  ...settingsAnswers,
  ...setupAnswers,
  ...softwareUpdateAnswers,
  ...userAnswers,
};
