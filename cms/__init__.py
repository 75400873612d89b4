"""What is said and overseen: Wagtail pages, the bureau's back office, demo data."""
