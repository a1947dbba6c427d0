import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "@fontsource-variable/inter/wght.css";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/buttons.css";
import "./styles/fields.css";
import "./styles/marks.css";
import "./styles/panels.css";
import "./styles/sql-field.css";
import "./styles/overlays.css";
import "./styles/tables.css";
import "./styles/shell.css";
import { Problem } from "@muster/api-client/problem";
import { router } from "./routes.tsx";
import { SessionGate } from "./session/session-gate.tsx";
import { applyTheme } from "./shell/theme.ts";

applyTheme();

const MAX_TRIES = 3;

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // What was refused is refused again; a service that is away comes back.
      retry: (tries, error) =>
        tries < MAX_TRIES && error instanceof Problem && (error.status === 0 || error.status >= 500),
    },
  },
});

// The page's own code comes while it is asked who is signed in.
void router.load();

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no root");

createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <SessionGate>
        <RouterProvider router={router} />
      </SessionGate>
    </QueryClientProvider>
  </StrictMode>,
);
