"""Settings by environment: dev, test and production, each over base."""
