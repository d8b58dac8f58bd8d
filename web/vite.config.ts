// Builds the web page to dist/, or serves it with the API passed on to a controller while one works on it.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import { defaultClientConditions, defineConfig, type Plugin } from "vite";

const controller = process.env.FLEETVISOR_CONTROLLER ?? "http://127.0.0.1:9700";

/** Lays a `.br` and a `.gz` beside each file that shrinks by it, so that the controller need not compress while it answers. */
function precompress(): Plugin {
  return {
    name: "precompress",
    apply: "build",
    writeBundle({ dir = "dist" }) {
      for (const name of readdirSync(dir, { recursive: true, encoding: "utf8" })) {
        if (!/\.(js|css|svg|html)$/.test(name)) continue;
        const file = join(dir, name);
        const content = readFileSync(file);
        writeFileSync(`${file}.br`, brotliCompressSync(content));
        writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }));
      }
    },
  };
}

export default defineConfig({
  plugins: [react(), precompress()],
  resolve: { conditions: ["fleetvisor", ...defaultClientConditions] },
  server: {
    proxy: {
      "/api": { target: controller, changeOrigin: true },
      "/metrics": { target: controller, changeOrigin: true },
    },
  },
  build: {
    target: "es2023",
    // The content security policy forbids data: addresses, so nothing is inlined.
    assetsInlineLimit: 0,
    sourcemap: false,
    // One file of about 220 kB over the wire is right: every page shares nearly all of it. Left to itself the bundler makes sixty small
    // ones of what several pages share, and a browser fetches six at a time.
    chunkSizeWarningLimit: 900,
    cssCodeSplit: false,
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: "shared", minShareCount: 2 }] } } },
  },
});
