import type { SecondFactorServiceServer } from "@muster/contracts/gen/muster/gateway/v1/second_factor_service";
import type { OwnMethods } from "./own-methods.ts";
import type { SecondFactors } from "./second-factors.ts";

type SecondFactorMethods = OwnMethods<SecondFactorServiceServer>;

/** SecondFactorService as the gateway answers it. */
export function secondFactorMethods(factors: SecondFactors): SecondFactorMethods {
  return {
    getSecondFactor: (_request, principal) => factors.read(principal),
    beginSecondFactor: ({ password }, principal) => factors.begin(password, principal),
    confirmSecondFactor: async ({ code }, principal) => ({ recoveryCodes: await factors.confirm(code, principal) }),
    removeSecondFactor: async ({ code }, principal) => {
      await factors.remove(code, principal);
      return {};
    },
    resetSecondFactor: async ({ id }, principal) => {
      await factors.reset(id, principal);
      return {};
    },
  };
}
