import react from "@vitejs/plugin-react";
import { defineConfig, loadEnv, type Plugin } from "vite";
import { compression, defineAlgorithm } from "vite-plugin-compression2";
import { guide } from "./guide";

const PORT = loadEnv("", ".", "KIST_PORT").KIST_PORT ?? "8000";

// The addresses of pages in `vite dev` are those in the API: below /app the console itself says what one shows, and at
// /graphql a browser is shown the explorer.
const addresses: Plugin = {
  name: "addresses",
  configureServer: ({ middlewares }) => {
    middlewares.use((request, _, next) => {
      if (request.url && /^\/app(\/|\?|$)/.test(request.url)) request.url = "/app.html";
      if (request.url === "/docs") request.url = "/docs.html";
      if (request.url === "/graphql" && request.headers.accept?.includes("text/html")) request.url = "/explorer.html";
      next();
    });
  },
};

// Each page has its own scripts: the explorer's editor is not what a borrower waits for.
export default defineConfig({
  plugins: [
    react(),
    addresses,
    guide,
    compression({ algorithms: [defineAlgorithm("gzip"), defineAlgorithm("brotliCompress")], threshold: 500 }),
  ],
  build: {
    rollupOptions: { input: ["index.html", "app.html", "explorer.html", "docs.html"] },
    // The policy allows no data: in scripts and styles; a small file is a request, kept for a year.
    assetsInlineLimit: 0,
    target: "es2022",
  },
  // Its workers are found by `?worker`, which the bundling of dependencies for `vite dev` does not know.
  optimizeDeps: { exclude: ["graphiql/setup-workers/vite", "@graphiql/react/setup-workers/vite"] },
  server: {
    // The tour's documents are imported from docs/tour, beside this folder.
    fs: { allow: [".", "../docs/tour"] },
    proxy: { "^/(graphql|about|health|api|schema\\.graphql)(/|$)": { target: `http://127.0.0.1:${PORT}`, ws: true } },
  },
});
