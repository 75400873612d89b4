"""Pass codes, key material and bundles as bytes, and what a checkpoint makes of them. Plain Python: no Django, no database.

Formats and the table of verdicts are also in `static/logistics` for the checkpoint's phone; both sides run the cases of
`tests/logistics/verdict_vectors.json`.
"""
