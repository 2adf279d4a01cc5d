"""The mind: pure arithmetic and judgement. No I/O, no clock, no float, and nothing imported but the stdlib."""
