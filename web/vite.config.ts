import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { compression, defineAlgorithm } from "vite-plugin-compression2";

// Three pages, each with its own scripts: the explorer's editor is not what a borrower waits for.
export default defineConfig({
  plugins: [
    react(),
    compression({ algorithms: [defineAlgorithm("gzip"), defineAlgorithm("brotliCompress")], threshold: 500 }),
  ],
  build: {
    rollupOptions: { input: ["index.html", "app.html", "explorer.html"] },
    // The policy allows no data: in scripts and styles; a small file is a request, kept for a year.
    assetsInlineLimit: 0,
    target: "es2022",
  },
  server: {
    proxy: { "^/(graphql|about|health|api|schema\\.graphql)(/|$)": { target: "http://127.0.0.1:8000", ws: true } },
  },
});
