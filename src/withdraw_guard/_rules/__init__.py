"""The verbs: from an event to changes, and from changes to an account."""
