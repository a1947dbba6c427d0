import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const GATEWAY = process.env["MUSTER_SERVER"] ?? "http://localhost:8080";

export default defineConfig({
  plugins: [react()],
  build: {
    target: "es2024",
    // The policy for content allows no data: addresses and no inline scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 900,
  },
  server: { proxy: { "/api": { target: GATEWAY }, "/console-settings.json": { target: GATEWAY } } },
});
