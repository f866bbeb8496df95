"""The docket's cases: from a submission to what the committee decides about it."""
