"""Files to streams of one format each: compression is taken off, archives are walked, and both are guarded.

`compression` and the archives (`zips`, `tars`) stand on `streams`, count by `limits`, and raise `errors`.
`transforms.records` puts them together.
"""
