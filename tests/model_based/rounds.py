"""How many programs of how many steps the model-based tests run."""

from hypothesis import HealthCheck, settings

LONG = "long"


# After its first ten programs Hypothesis makes most of the others by copying parts of them, which finds less here than
# fresh ones do. A round has six, because each takes four seconds of a core; a long run has more rounds instead.
SUITE = settings(
    max_examples=6,
    stateful_step_count=25,
    deadline=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
