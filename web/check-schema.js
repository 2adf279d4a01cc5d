/**
 * Checks schema.graphql: it must be compatible with the contract and with earlier versions, and pass graphql-eslint.
 * Prints one line for each problem.
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

// Value types: they belong to a type with an id, and have none of their own.
const WITHOUT_ID = [
  ...[
    "Allocation",
    "BilledMonth",
    "BookHead",
    "BusinessDay",
    "Change",
    "Charge",
    "ChargePolicy",
    "Contact",
    "Erasure",
    "ExpectedCash",
    "ExpectedCycle",
    "FailedLoan",
    "Fee",
    "GrievanceOfficer",
    "Installment",
    "KeyFacts",
    "Lender",
    "PageInfo",
  ],
  ...["PasswordChange", "PasswordResetCode", "PasswordResetRequest", "PastDueBucket", "PaymentReceipt"],
  ...["PayoffDay", "PayoffQuote", "Policy", "Portfolio", "Posting", "Problem", "Product", "Quote", "Refusal"],
  ...[
    "SampleAccount",
    "SampleAccounts",
    "SearchResult",
    "Session",
    "Settlement",
    "Standing",
    "Statement",
    "StatementLine",
  ],
  ...["Step", "WhatIf"],
];
// The contract prescribes these names, and the rule has no option for exceptions.
const NAMED_BY_THE_CONTRACT = ["Bill.billingDate", "Loan.loanTerm", "Payment.paymentDate"];

const RULES = {
  ...graphqlPlugin.configs["flat/schema-recommended"].rules,
  // The recommended configuration requires descriptions of types and operations only.
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
  return (
    messages
      // GraphQL defines this directive itself, and no server can describe it.
      .filter(({ message }) => message !== 'Description is required for directive "oneOf"')
      .filter(({ ruleId, message }) => {
        const [, field, type] = /^Field "(\w+)" starts with the name of the parent type "(\w+)"$/.exec(message) ?? [];
        return ruleId !== "@graphql-eslint/no-typename-prefix" || !NAMED_BY_THE_CONTRACT.includes(`${type}.${field}`);
      })
      .map(({ line, ruleId, message }) => `line ${line}: ${message.replaceAll("\n", " ")} (${ruleId})`)
  );
}

/** The earlier versions that git has, as pairs of a name and the text of the schema. */
function earlierVersions() {
  const commits = {
    "the last commit": "HEAD",
    "the commit before it": "HEAD^",
    "the start of the branch": git("merge-base", "HEAD", "origin/main").trim(),
  };
  const found = Object.entries(commits).map(([name, commit]) => [name, commit && git("show", `${commit}:./${file}`)]);
  return found.filter(([, version]) => version);
}

function git(...words) {
  try {
    return execFileSync("git", words, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  } catch {
    return ""; // git or the commit is missing: a copy has no history, and a shallow clone has one commit
  }
}

async function breakingChanges(name, version, rules = []) {
  const changes = await diff(buildSchema(version), buildSchema(text), rules);
  return changes
    .filter(({ criticality }) => criticality.level === CriticalityLevel.Breaking)
    .map(({ message }) => `since ${name}: ${message}`);
}

const problems = [...(await lint()), ...(await breakingChanges("the contract", readFileSync(contractPath, "utf8")))];
const versions = earlierVersions();
// A field may be removed if it was deprecated in the earlier version. Fields of the contract may never be removed.
for (const [name, version] of versions)
  problems.push(...(await breakingChanges(name, version, [DiffRule.suppressRemovalOfDeprecatedField])));

if (problems.length) {
  console.error([...new Set(problems)].join("\n"));
  process.exitCode = 1;
} else {
  console.log(
    `The schema is valid, and compatible with ${["the contract", ...versions.map(([name]) => name)].join(", ")}.`,
  );
}
