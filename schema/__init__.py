"""The promise: the types, inputs and unions that clients see. Views onto rows; what is computed, rules compute."""
