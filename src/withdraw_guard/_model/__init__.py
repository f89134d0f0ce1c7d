"""The nouns: policies, events, holds, accounts and changes, as immutable values."""
