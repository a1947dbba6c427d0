import type {
  SignInProvider,
  SignInProviderServiceServer,
} from "@muster/contracts/gen/muster/gateway/v1/sign_in_provider_service";
import { refuse } from "../domain/refusals.ts";
import type { StoredProvider } from "../storage/sign-in-providers.ts";
import type { OwnMethods } from "./own-methods.ts";
import type { GivenWithSecret, SignInProviders } from "./sign-in-providers.ts";

type SignInProviderMethods = OwnMethods<SignInProviderServiceServer>;

/** SignInProviderService as the gateway answers it. */
export function signInProviderMethods(providers: SignInProviders, scimUrl: string): SignInProviderMethods {
  return {
    createSignInProvider: async ({ signInProvider }, principal) => ({
      signInProvider: told(await providers.create(given(signInProvider), principal)),
    }),
    listSignInProviders: async (_request, { tenant }) => ({
      signInProviders: (await providers.list(tenant)).map(told),
    }),
    updateSignInProvider: async ({ expectedRevisions: expected, id, signInProvider }, principal) => ({
      signInProvider: told(await providers.update(given(signInProvider), principal, { id, expected })),
    }),
    checkSignInProvider: async ({ id, signInProvider }, principal) => ({
      signInProvider: told(await providers.check(id, given(signInProvider), principal)),
    }),
    createScimToken: async ({ id }, principal) => ({
      token: await providers.createScimToken(id, principal),
      url: scimUrl,
    }),
    deleteScimToken: async ({ id }, principal) => {
      await providers.deleteScimToken(id, principal);
      return {};
    },
    deleteSignInProvider: async ({ expectedRevisions: expected, id }, { tenant }) => {
      await providers.delete(tenant, { id, expected });
      return {};
    },
  };
}

function given(provider: SignInProvider | undefined): GivenWithSecret {
  if (provider === undefined) throw refuse("sign_in.bad_provider", "the provider is missing");
  const { clientId, clientSecret, groupsClaim, issuer, name, rolesOfGroups, scopes } = provider;
  return { clientId, clientSecret, groupsClaim, issuer, name, rolesOfGroups, scopes };
}

const told = ({ clientSecret, hasScim, provider, revision }: StoredProvider): SignInProvider => ({
  id: provider.id,
  name: provider.name,
  issuer: provider.issuer,
  clientId: provider.clientId,
  clientSecret: "",
  confidential: clientSecret !== undefined,
  scopes: [...provider.scopes],
  groupsClaim: provider.groupsClaim,
  rolesOfGroups: [...provider.rolesOfGroups],
  createdAt: provider.createdAt,
  scim: hasScim,
  revision,
});
