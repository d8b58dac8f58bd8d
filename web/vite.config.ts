// Builds the web page to dist/, or serves it with the API passed on to a controller while one works on it.
import react from "@vitejs/plugin-react";
import { defaultClientConditions, defineConfig } from "vite";

const controller = process.env.FLEETVISOR_CONTROLLER ?? "http://127.0.0.1:9700";

export default defineConfig({
  plugins: [react()],
  resolve: { conditions: ["source", ...defaultClientConditions] },
  server: { proxy: { "/api": { target: controller, changeOrigin: true } } },
  build: {
    target: "es2023",
    // The content security policy forbids data: addresses, so nothing is inlined.
    assetsInlineLimit: 0,
    sourcemap: false,
    // One file of about 220 kB over the wire is right: every page shares nearly all of it.
    chunkSizeWarningLimit: 900,
  },
});
