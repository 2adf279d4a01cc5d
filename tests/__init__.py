"""Assertions of the helpers show their values too, as those of the tests do."""

import pytest

pytest.register_assert_rewrite("tests.builders", "tests.servers", "tests.running", "tests.web.browsing")
