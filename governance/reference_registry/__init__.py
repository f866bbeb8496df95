"""A registry of one side, small and real: of ours it knows the verifier alone, as strangers do."""
