"""The project: settings, urls, shared templates and static files. No models, no rules."""
