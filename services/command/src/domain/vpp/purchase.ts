import type { Order } from "../order.ts";

const options = (parameters: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => {
  const given = parameters["Options"];
  return typeof given === "object" && given !== null ? (given as Readonly<Record<string, unknown>>) : {};
};

/** The app in the store whose license an order may need, and whether it says that it does. */
export function purchaseIn({
  apple,
}: Pick<Order, "apple">): { readonly adamId: string; readonly required: boolean } | undefined {
  if (apple?.requestType !== "InstallApplication" || apple.rawPlist !== "") return undefined;
  const { iTunesStoreID } = apple.parameters;
  const method = options(apple.parameters)["PurchaseMethod"];
  if (typeof iTunesStoreID !== "number" || method === 0) return undefined;
  return { adamId: String(iTunesStoreID), required: method === 1 };
}

/** The order, saying that the app is installed with the organization's license. */
export const withPurchase = <T extends Pick<Order, "apple">>(order: T): T =>
  order.apple === undefined
    ? order
    : {
        ...order,
        apple: {
          ...order.apple,
          parameters: {
            ...order.apple.parameters,
            Options: { ...options(order.apple.parameters), PurchaseMethod: 1 },
          },
        },
      };
