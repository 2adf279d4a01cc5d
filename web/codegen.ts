import type { CodegenConfig } from "@graphql-codegen/cli";

// Generates the types of the variables and the data of each graphql(`…`) operation from the schema in the repository.
const config: CodegenConfig = {
  schema: "../schema.graphql",
  documents: ["src/**/*.{ts,tsx}", "!src/api/generated/**"],
  generates: {
    "./src/api/generated/": {
      preset: "client",
      presetConfig: { fragmentMasking: false },
      config: {
        // Amounts and percentages are text everywhere: a float would round them.
        scalars: { Money: "string", Percent: "string", Date: "string", DateTime: "string" },
        strictScalars: true,
        enumsAsTypes: true,
        useTypeImports: true,
      },
    },
  },
};

export default config;
