/** The credit score, live: it appears while one watches, a moment after one has registered. */
import { useQuery } from "urql";
import { graphql } from "../../api/generated";
import { isSignedOut, trouble } from "../../api/trouble";
import { useLive } from "../../api/useLive";
import { moment } from "../../ui/dates";
import { TroubleNotice } from "../../ui/Said";

const CreditScore = graphql(`
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

export function Score() {
  const { data, error } = useLive(CreditScore, {});
  const [policy] = useQuery({ query: ScorePolicy });
  const score = data?.creditScore.creditScore ?? null;
  const at = data?.creditScore.creditScoredAt;
  const needed = policy.data?.policy.minimumScore;
  return (
    <section className="card" aria-labelledby="score">
      <h2 id="score">Credit score</h2>
      <div role="status" aria-label="Credit score">
        {score === null ? (
          <>
            <p className="large-number quiet">···</p>
            <p className="quiet">Your score is being worked out. It appears here by itself.</p>
          </>
        ) : (
          <>
            <p className="large-number">{score}</p>
            <p className="quiet">
              {verdict(score, needed)} {at && <>Worked out on {moment(at)}.</>}
            </p>
          </>
        )}
      </div>
      <div className="scale" aria-hidden="true">
        {score !== null && <i style={{ left: `${((score - LOWEST) / (HIGHEST - LOWEST)) * 100}%` }} />}
      </div>
      <div className="row apart small quiet" aria-hidden="true">
        <span>{LOWEST}</span>
        <span>{HIGHEST}</span>
      </div>
      {error?.graphQLErrors.length && !isSignedOut(error) ? <TroubleNotice trouble={trouble(error)} /> : null}
    </section>
  );
}

function verdict(score: number, needed: number | undefined): string {
  if (needed === undefined) return "";
  return score >= needed ? `Enough to borrow: ${needed} is needed.` : `${needed} is needed to borrow.`;
}
