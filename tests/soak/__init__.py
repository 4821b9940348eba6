"""Long proofs: many processes on one file, killed at random. `make test` runs them short."""
