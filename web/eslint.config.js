import reactHooks from "eslint-plugin-react-hooks";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

// Prettier decides the form and tsc the types; ESLint finds what both let pass.
export default defineConfig(
  { ignores: ["dist*/**", "src/api/generated/**"] },
  {
    files: ["**/*.{js,ts,tsx}"],
    extends: [tseslint.configs.recommended, reactHooks.configs.flat.recommended],
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      // A dependency that is missing from the list is a stale value on the page.
      "react-hooks/exhaustive-deps": "error",
    },
  },
);
