"""The types, inputs and unions that clients see: views onto rows, whose computed fields ask the rules."""
