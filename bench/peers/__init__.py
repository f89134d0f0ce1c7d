"""Each peer with the phases in that library, and the rest by hand: `make` an account, then `run` its journal."""
