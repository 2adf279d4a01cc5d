// A minimal GraphQL server on Mercurius and pg that answers payments and statements as kist does, in one process.
//
// It reads its configuration as JSON from the file that its argument names. It does not bill cycles, repeat the receipt
// of an earlier payment, or accept a payment without a transaction id. Operators are no accounts here.

import { createHash, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import { createVerifier } from "fast-jwt";
import Fastify from "fastify";
import { GraphQLScalarType } from "graphql";
import mercurius from "mercurius";
import { money, parseMoney } from "./money.js";
import { account, history, locked, opened, payable, statements, stored } from "./rows.js";
import { Refused, apply, billStatus, past, payoff, upcoming } from "./rules.js";

const configuration = JSON.parse(readFileSync(process.argv[2], "utf8"));
const { columns } = configuration;
const pool = opened(configuration);
const send = statements(pool, configuration);

const ID = /^[0-9]{1,19}$/;
const NO_LOAN = "0";
const KEY = /^[A-Za-z0-9._:-]{1,64}$/;

const verify = createVerifier({
  key: Buffer.from(configuration.signingKey, "base64"),
  algorithms: ["HS256"],
  allowedIss: "kist",
  allowedAud: "kist-api",
  requiredClaims: ["iss", "aud", "exp", "iat", "jti", "sub", "role", "use", "family"],
});

function unauthenticated() {
  return new mercurius.ErrorWithProps("Sign in first.", { code: "UNAUTHENTICATED" });
}

function claimsOf({ authorization }) {
  try {
    const claims = verify(authorization.replace(/^bearer /i, ""));
    if (claims.use === "access" && claims.role === "BORROWER" && ID.test(claims.sub)) return claims;
  } catch {
    // An invalid token is answered like a missing one.
  }
  throw unauthenticated();
}

/** Send a read that joins the account of the token. The account has not changed since the token was issued. */
async function read(send, name, loanId, value, context) {
  const claims = claimsOf(context);
  const number = ID.test(loanId) ? loanId : NO_LOAN;
  const rows = await send(name, [number, claims.sub, value, claims.sub, claims.family]);
  if (!rows.length) throw unauthenticated();
  const { aadhaar_digest, is_active, family_is_live, business_date } = account(rows[0], columns);
  const expected = createHash("sha256").update("claim").update(aadhaar_digest).digest().subarray(0, 16);
  const claimed = Buffer.from(claims.aadhaar, "base64url");
  if (!is_active || !family_is_live || claimed.length !== expected.length || !timingSafeEqual(claimed, expected))
    throw unauthenticated();
  return { rows, userId: claims.sub, today: business_date };
}

function refused(...problems) {
  return { __typename: "Refusal", problems };
}

const notFound = { code: "LOAN_NOT_FOUND", message: "The loan was not found.", field: "loanId" };

async function makePayment(_, { input }, context) {
  if (!KEY.test(input.transactionId)) throw new Error("a payment needs a valid transaction id");
  // Another payment may change the loan between the two statements of this one.
  return (
    (await pay(send, input, context)) ??
    (await locked(pool, configuration, input.loanId, (sendLocked) => pay(sendLocked, input, context)))
  );
}

/** Pay. Return nothing, and store nothing, if the loan has changed meanwhile. */
async function pay(send, input, context) {
  const { rows, userId, today } = await read(send, "readPayment", input.loanId, input.transactionId, context);
  const found = payable(rows, columns);
  if (!found) return refused(notFound);
  const { version, loan, bills, earlier } = found;
  const payment = { ...input, userId, isGiven: true, paidOn: input.paymentDate ?? today };
  if (earlier) return conflicting(earlier, payment);
  let paid;
  try {
    paid = apply(loan, bills, payment.amount, payment.paidOn, today);
  } catch (error) {
    if (error instanceof Refused) return refused(...error.problems);
    throw error;
  }
  const origin = ["BORROWER", userId, context.requestId, context.address];
  const [row] = await send("storePayment", stored(payment, paid, version, origin));
  return row && receiptOf(row[0], payment, paid, bills, today);
}

function conflicting(earlier, payment) {
  if (earlier.loan_id === payment.loanId && earlier.amount === payment.amount)
    throw new Error("an earlier receipt cannot be repeated here");
  const first = `payment ${earlier.id} of ${money(earlier.amount)} on ${earlier.paid_on}`;
  const message = `This transaction id belongs to another payment: ${first} for loan ${earlier.loan_id}. Use a new id.`;
  return refused({ code: "TRANSACTION_ID_CONFLICT", message, field: "transactionId" });
}

function receiptOf(id, payment, paid, bills, today) {
  const { interest, principal, loan } = paid;
  return {
    __typename: "PaymentReceipt",
    emiRecalculated: loan.emi !== paid.emiBefore,
    replayed: false,
    payment: {
      id,
      transactionId: payment.transactionId,
      amount: payment.amount,
      paymentDate: payment.paidOn,
      interest,
      principal,
      allocations: paid.allocations.map((part) => ({ ...part, bill: billAfter(part, bills, today) })),
    },
    loan: shown(loan, today),
  };
}

function billAfter(part, bills, today) {
  const bill = bills.find((one) => one.cycle === part.cycle);
  if (!bill) return null;
  const interest_paid = bill.interest_paid + part.interest;
  const principal_paid = bill.principal_paid + part.principal;
  return { cycle: bill.cycle, status: billStatus({ ...bill, interest_paid, principal_paid }, today) };
}

function shown(loan, today) {
  return {
    id: loan.id,
    status: loan.closed_on === null ? "ACTIVE" : "CLOSED",
    emi: loan.emi,
    principalBalance: loan.principal_balance,
    payoff: payoff(loan, today),
    nextBillingDate: loan.next_billing_on,
  };
}

async function statement(_, { loanId }, context) {
  const { rows, today } = await read(send, "readStatement", loanId, true, context);
  const found = history(rows[0], columns);
  if (!found) return null;
  const { loan, unpaid, bills, payments } = found;
  return {
    loan: shown(loan, today),
    asOf: today,
    pastTransactions: past(loan, bills, payments),
    upcomingEmis: upcoming(loan, unpaid, today),
  };
}

function literal(node) {
  return node.value;
}

const resolvers = {
  Money: new GraphQLScalarType({
    name: "Money",
    serialize: money,
    parseValue: (value) => parseMoney(String(value)),
    parseLiteral: (node) => parseMoney(literal(node)),
  }),
  Date: new GraphQLScalarType({ name: "Date", serialize: String, parseValue: String, parseLiteral: literal }),
  Query: { statement },
  Mutation: { makePayment },
};

// One line in the log for each request, as kist writes.
const app = Fastify({ logger: true, disableRequestLogging: true, genReqId: () => crypto.randomUUID() });
app.addHook("onResponse", (request, reply, done) => {
  const { method, url } = request;
  request.log.info({ method, path: url, status: reply.statusCode, milliseconds: reply.elapsedTime }, "answered");
  done();
});
app.register(mercurius, {
  schema: readFileSync(new URL("schema.graphql", import.meta.url), "utf8"),
  resolvers,
  jit: 1,
  context: ({ headers, id, ip }) => ({ authorization: headers.authorization, requestId: id, address: ip }),
});
// The benchmark closes the input when it ends, however it ends.
process.stdin.on("end", () => process.exit()).resume();
await app.listen({ host: configuration.host, port: configuration.port });
