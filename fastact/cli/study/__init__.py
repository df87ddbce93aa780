"""The benchmark study: planned, measured, checked against the reference, written, compared.

`plan` says what is measured, `measuring` and `timing` how, `accuracy` what the errors are, `peers`
beside whom. What comes of it is a `results.Study`: `files` keeps it, `tables` prints it, `page` and
`plots` show it.
"""
