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
  {
    files: ["src/app/**/*.{ts,tsx}"],
    ignores: ["src/app/paths.ts", "**/*.test.{ts,tsx}"],
    rules: {
      "no-restricted-syntax": [
        "error",
        {
          selector:
            ":matches(JSXAttribute[name.name=/^(href|to|path)$/], CallExpression[callee.name='navigate']) :matches(Literal[value=/^\\u002F/], TemplateElement[value.raw=/^\\u002F/])",
          message: "Build the address of a page with paths.ts.",
        },
      ],
    },
  },
);
