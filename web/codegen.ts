import type { CodegenConfig } from "@graphql-codegen/cli";

// Every operation that stands in a graphql(`…`) gets the type of its answer from the schema that is checked in.
const config: CodegenConfig = {
  schema: "../schema.graphql",
  documents: ["src/**/*.{ts,tsx}", "!src/api/generated/**"],
  generates: {
    "./src/api/generated/": {
      preset: "client",
      presetConfig: { fragmentMasking: false },
      config: {
        // Money and percentages are text from end to end: no float comes near them.
        scalars: { Money: "string", Percent: "string", Date: "string", DateTime: "string" },
        strictScalars: true,
        enumsAsTypes: true,
        useTypeImports: true,
      },
    },
  },
};

export default config;
