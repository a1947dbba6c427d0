/** What Apps and Books says when it does not do what it was asked. */
export interface StoreError {
  readonly status: number;
  readonly errorNumber: number;
  readonly errorMessage: string;
  /** In seconds. */
  readonly retryAfter?: number;
}

export const MISSING = { status: 400, errorNumber: 9600, errorMessage: "A required argument is missing." };
export const LOGIN_REQUIRED = { status: 401, errorNumber: 9601, errorMessage: "Login required." };
export const INVALID = { status: 400, errorNumber: 9602, errorMessage: "Invalid argument." };
export const USER_UNKNOWN = { status: 400, errorNumber: 9609, errorMessage: "Unable to find the registered user." };
export const TOKEN_EXPIRED = { status: 401, errorNumber: 9621, errorMessage: "The token has expired." };
export const TOKEN_REVOKED = { status: 401, errorNumber: 9625, errorMessage: "The server has revoked the token." };
export const NOT_ENOUGH = {
  status: 400,
  errorNumber: 9709,
  errorMessage: "There aren't enough assets available to complete this association.",
};
export const WRONG_METHOD = {
  status: 405,
  errorNumber: 9726,
  errorMessage: "This request contains an unsupported HTTP method for the requested endpoint.",
};
export const BUSY = { status: 503, errorNumber: 9603, errorMessage: "Internal error.", retryAfter: 1 };
