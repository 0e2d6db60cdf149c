"""A real Medusa 2 shop for the tests: installed from npm once, a template database, fresh copies of it."""
