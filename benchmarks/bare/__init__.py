"""The least a Django site can be: no middleware, no session, no form. What ours costs is said beside this."""
