/** The credit score, which a subscription updates: a new borrower's score appears seconds after registration. */
import { useQuery } from "urql";
import { graphql } from "../../api/generated";
import { failureOf, isUnauthenticated } from "../../api/result";
import { useRetryingSubscription } from "../../api/useRetryingSubscription";
import { formatDateTime } from "../../ui/dates";
import { FailureNotice } from "../../ui/Messages";

const CreditScoreDocument = graphql(`
  subscription CreditScore {
    creditScore {
      id
      creditScore
      creditScoredAt
    }
  }
`);

const ScorePolicy = graphql(`
  query ScorePolicy {
    policy {
      minimumScore
    }
  }
`);

const LOWEST = 300;
const HIGHEST = 900;

export function CreditScore() {
  const { data, error } = useRetryingSubscription(CreditScoreDocument, {});
  const [policy] = useQuery({ query: ScorePolicy });
  const score = data?.creditScore.creditScore ?? null;
  const scoredAt = data?.creditScore.creditScoredAt;
  return (
    <section className="card" aria-labelledby="score">
      <h2 id="score">Credit score</h2>
      <div role="status" aria-label="Credit score">
        {score === null ? (
          <>
            <p className="large-number muted">···</p>
            <p className="muted">Your score is being calculated. It appears here automatically.</p>
          </>
        ) : (
          <>
            <p className="large-number">{score}</p>
            <p className="muted">
              {assess(score, policy.data?.policy.minimumScore)}{" "}
              {scoredAt && <>Calculated on {formatDateTime(scoredAt)}.</>}
            </p>
          </>
        )}
      </div>
      <div className="score-scale" aria-hidden="true">
        {score !== null && <i style={{ left: `${((score - LOWEST) / (HIGHEST - LOWEST)) * 100}%` }} />}
      </div>
      <div className="row spread small muted" aria-hidden="true">
        <span>{LOWEST}</span>
        <span>{HIGHEST}</span>
      </div>
      {error?.graphQLErrors.length && !isUnauthenticated(error) ? <FailureNotice failure={failureOf(error)} /> : null}
    </section>
  );
}

function assess(score: number, minimum: number | undefined): string {
  if (minimum === undefined) return "";
  return score >= minimum
    ? `High enough for a loan: the minimum is ${minimum}.`
    : `Too low for a loan: the minimum is ${minimum}.`;
}
