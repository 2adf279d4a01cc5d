import react from "@vitejs/plugin-react";
import { defineConfig, loadEnv, type Plugin } from "vite";
import { compression, defineAlgorithm } from "vite-plugin-compression2";
import { guide } from "./guide";

const PORT = loadEnv("", ".", "KIST_PORT").KIST_PORT ?? "8000";

// Gives `vite dev` the addresses of the API: the console routes everything below /app, and a browser that opens /graphql
// gets the explorer.
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

// The modules that several pages of the console share are one file: a browser asks for one instead of a dozen, and it
// compresses better. The home page too uses the dates, and a file of CSV loads when it is asked for.
const SHARED = [
  { name: "dates", test: /src\/ui\/dates/, priority: 1 },
  { name: "console", test: /src\/(app|api|ui)\/(?!LenderContacts|lender|about|loans\/csvFile)/, minShareCount: 2 },
];

// Each page has its own scripts, so that the console does not load the explorer's editor.
export default defineConfig({
  plugins: [
    react(),
    addresses,
    guide,
    compression({ algorithms: [defineAlgorithm("gzip"), defineAlgorithm("brotliCompress")], threshold: 500 }),
  ],
  build: {
    rolldownOptions: {
      input: ["index.html", "app.html", "explorer.html", "docs.html", "not-found.html"],
      output: { codeSplitting: { groups: SHARED } },
    },
    // The content security policy forbids data: URLs in scripts and styles. Browsers cache the files for a year.
    assetsInlineLimit: 0,
    target: "es2022",
  },
  // GraphiQL imports its workers with `?worker`, which the pre-bundling of `vite dev` cannot process.
  optimizeDeps: { exclude: ["graphiql/setup-workers/vite", "@graphiql/react/setup-workers/vite"] },
  server: {
    // The tour's documents are imported from docs/tour, beside this folder.
    fs: { allow: [".", "../docs/tour"] },
    proxy: { "^/(graphql|about|health|api|schema\\.graphql)(/|$)": { target: `http://127.0.0.1:${PORT}`, ws: true } },
  },
});
