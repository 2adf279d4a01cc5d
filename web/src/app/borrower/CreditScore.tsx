/** The credit score, which a subscription updates: a new borrower's score appears seconds after registration. */
import { useEffect, useEffectEvent } from "react";
import { useQuery } from "urql";
import { graphql } from "../../api/generated";
import { failureOf, isUnauthenticated, type Problem } from "../../api/result";
import { useRetryingSubscription } from "../../api/useRetryingSubscription";
import { formatDateTime } from "../../ui/dates";
import { FailureNotice } from "../../ui/Messages";
import { Obstacles } from "./Obstacles";

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

interface Props {
  /** The reasons against any loan; undefined until they are known. */
  problems: Problem[] | undefined;
  /** Asks for the reasons again: the score that they lacked is there. */
  onScored: () => void;
}

export function CreditScore({ problems, onScored }: Props) {
  const { data, error } = useRetryingSubscription(CreditScoreDocument, {});
  const [policy] = useQuery({ query: ScorePolicy });
  const score = data?.creditScore.creditScore ?? null;
  const scoredAt = data?.creditScore.creditScoredAt;
  const isOutdated = score !== null && !!problems?.some(({ code }) => code === "CREDIT_SCORE_PENDING");
  const report = useEffectEvent(onScored);
  useEffect(() => {
    if (isOutdated) report();
  }, [isOutdated]);

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
              {problems && assess(score, policy.data?.policy.minimumScore, !problems.length)}{" "}
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
      {score !== null && <Obstacles problems={problems?.filter(({ code }) => code !== "CREDIT_SCORE_TOO_LOW")} />}
      {error?.graphQLErrors.length && !isUnauthenticated(error) ? <FailureNotice failure={failureOf(error)} /> : null}
    </section>
  );
}

/** "Enough to borrow" promises that some loan is approved, so the score alone does not decide it. */
function assess(score: number, minimum: number | undefined, canBorrow: boolean): string {
  if (minimum === undefined) return "";
  if (score < minimum) return `Too low for a loan: the minimum is ${minimum}.`;
  return canBorrow ? `Enough to borrow: the minimum is ${minimum}.` : `The minimum for a loan is ${minimum}.`;
}
