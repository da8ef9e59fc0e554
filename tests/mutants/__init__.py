"""Small changes to the functions' code, one at a time, each of which a test has to notice.

`operators` makes them, `places` says whose tests have to notice, `trial` runs these tests on one of them, and
`equivalents.toml` lists those that change nothing anybody could see, with the reason. ``make mutants`` draws a sample.
"""
