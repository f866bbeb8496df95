"""Tables that no event could rebuild, kept beside the record on either engine."""
