import type {
  AccountSignIn as AccountSignInMessage,
  AccountSignInServiceServer,
} from "@muster/contracts/gen/muster/enrollment/v1/account_service";
import type { Methods } from "@muster/rpc/server";
import { validate as isUuid } from "uuid";
import type { AccountSignIn } from "../domain/accounts/account-sign-in.ts";
import { refuse } from "../domain/refusals.ts";
import type { GivenSignIn, SignInKeeper } from "../usecases/accounts/keep-sign-ins.ts";
import { minimumMessages, minimumsFrom } from "./minimum-messages.ts";

const messageOf = ({ hasSecret, tenant: _tenant, ...signIn }: AccountSignIn): AccountSignInMessage => ({
  ...signIn,
  domains: [...signIn.domains],
  minimums: minimumMessages(signIn.minimums),
  clientSecret: "",
  confidential: hasSecret,
});

function givenIn(message: AccountSignInMessage | undefined): GivenSignIn {
  if (message === undefined) throw refuse("account.bad_sign_in", "account_sign_in is missing: describe the sign-in");
  const { createdAt: _at, confidential: _kept, id: _id, revision: _revision, minimums, ...given } = message;
  return { ...given, minimums: minimumsFrom(minimums) };
}

function checkId(id: string): string {
  if (!isUuid(id)) throw refuse("account.sign_in_not_found", `there is no account sign-in "${id}"`);
  return id;
}

/** AccountSignInService as the contract describes it. */
export const accountMethods = (keeper: SignInKeeper): Methods<AccountSignInServiceServer> => ({
  createAccountSignIn: async ({ accountSignIn }, { tenant }) => ({
    accountSignIn: messageOf(await keeper.create(tenant, givenIn(accountSignIn))),
  }),
  listAccountSignIns: async (_request, { tenant }) => ({
    accountSignIns: (await keeper.list(tenant)).map(messageOf),
  }),
  updateAccountSignIn: async ({ accountSignIn, expectedRevisions, id }, { tenant }) => ({
    accountSignIn: messageOf(await keeper.update(tenant, checkId(id), givenIn(accountSignIn), expectedRevisions)),
  }),
  checkAccountSignIn: async ({ accountSignIn, id }, { tenant }) => ({
    accountSignIn: messageOf(await keeper.check(tenant, id === "" ? "" : checkId(id), givenIn(accountSignIn))),
  }),
  deleteAccountSignIn: async ({ expectedRevisions, id }, { tenant }) => {
    await keeper.delete(tenant, checkId(id), expectedRevisions);
    return {};
  },
});
