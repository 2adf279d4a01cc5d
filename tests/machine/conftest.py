"""The profile of long runs. It is known before anything is collected, as pytest's option asks for it then."""

from hypothesis import HealthCheck, settings

LONG = "long"

settings.register_profile(
    LONG,
    max_examples=400,
    stateful_step_count=60,
    deadline=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
