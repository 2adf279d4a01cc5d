/**
 * The schema keeps what it has promised and says what it is: nothing is broken of the contract and of the versions
 * before, and graphql-eslint finds nothing. What is wrong is printed, a line each.
 *
 *     node check-schema.js [SCHEMA [CONTRACT]]
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import graphqlPlugin from "@graphql-eslint/eslint-plugin";
import { CriticalityLevel, diff, DiffRule } from "@graphql-inspector/core";
import { ESLint } from "eslint";
import { buildSchema } from "graphql";

const [schemaPath, contractPath] = [
  resolve(process.argv[2] ?? "../schema.graphql"),
  resolve(process.argv[3] ?? "../tests/contract.graphql"),
];
const [folder, file] = [dirname(schemaPath), basename(schemaPath)];
const text = readFileSync(schemaPath, "utf8");

// Values: what they are of has an id, and they have none.
const WITHOUT_ID = [
  ...[
    "Allocation",
    "BilledMonth",
    "BusinessDay",
    "Erasure",
    "ExpectedCash",
    "ExpectedCycle",
    "Installment",
    "PageInfo",
  ],
  ...["PasswordChange", "PastDueBucket", "PaymentReceipt", "Policy", "Portfolio", "Problem", "Quote", "Refusal"],
  ...["Session", "Statement", "StatementLine"],
];
// The contract has these names, and the rule has no option.
const NAMED_BY_THE_CONTRACT = ["Bill.billingDate", "Loan.loanTerm", "Payment.paymentDate"];

const RULES = {
  ...graphqlPlugin.configs["flat/schema-recommended"].rules,
  // The recommended one asks types and operations only.
  "@graphql-eslint/require-description": [
    "error",
    {
      types: true,
      rootField: true,
      DirectiveDefinition: true,
      EnumValueDefinition: true,
      FieldDefinition: true,
      InputValueDefinition: true,
    },
  ],
  "@graphql-eslint/strict-id-in-types": [
    "error",
    { exceptions: { types: WITHOUT_ID, suffixes: ["Connection", "Edge"] } },
  ],
};

async function lint() {
  const eslint = new ESLint({
    cwd: folder,
    overrideConfigFile: true,
    overrideConfig: {
      files: ["**/*.graphql"],
      plugins: { "@graphql-eslint": graphqlPlugin },
      languageOptions: {
        parser: graphqlPlugin.parser,
        parserOptions: { graphQLConfig: { schema: schemaPath } },
      },
      linterOptions: { noInlineConfig: true },
      rules: RULES,
    },
  });
  const [{ messages }] = await eslint.lintText(text, { filePath: schemaPath });
  return messages
    .filter(({ ruleId, message }) => {
      const [, field, type] = /^Field "(\w+)" starts with the name of the parent type "(\w+)"$/.exec(message) ?? [];
      return ruleId !== "@graphql-eslint/no-typename-prefix" || !NAMED_BY_THE_CONTRACT.includes(`${type}.${field}`);
    })
    .map(({ line, ruleId, message }) => `line ${line}: ${message.replaceAll("\n", " ")} (${ruleId})`);
}

/** The versions before, as far as git has them. */
function before() {
  const commits = {
    "the last commit": "HEAD",
    "the commit before": "HEAD^",
    "where the branch began": git("merge-base", "HEAD", "origin/main").trim(),
  };
  const found = Object.entries(commits).map(([name, commit]) => [name, commit && git("show", `${commit}:./${file}`)]);
  return found.filter(([, version]) => version);
}

function git(...words) {
  try {
    return execFileSync("git", words, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  } catch {
    return ""; // there is no git, or no such commit: a copy has none, and a shallow clone has one
  }
}

async function broken(name, version, rules = []) {
  const changes = await diff(buildSchema(version), buildSchema(text), rules);
  return changes
    .filter(({ criticality }) => criticality.level === CriticalityLevel.Breaking)
    .map(({ message }) => `since ${name}: ${message}`);
}

const wrong = [...(await lint()), ...(await broken("the contract", readFileSync(contractPath, "utf8")))];
const versions = before();
// What is to go is deprecated first, and goes later: this is the one way out, and of the contract there is none.
for (const [name, version] of versions)
  wrong.push(...(await broken(name, version, [DiffRule.suppressRemovalOfDeprecatedField])));

if (wrong.length) {
  console.error([...new Set(wrong)].join("\n"));
  process.exitCode = 1;
} else {
  console.log(
    `The schema is in order, and breaks nothing of ${["the contract", ...versions.map(([name]) => name)].join(", ")}.`,
  );
}
