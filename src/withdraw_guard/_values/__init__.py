"""The foundation: limits, identifiers, checks, instants and closed vocabularies. Nothing here knows the domain."""
