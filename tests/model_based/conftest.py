"""How many programs of how many steps. Profiles are known before anything is collected: pytest's option asks then."""

from hypothesis import settings

from tests.model_based.rounds import LONG, SUITE

settings.register_profile(LONG, SUITE, stateful_step_count=50)
