-- How often a key may be used: `requests/unit/burst`, separated by spaces, at most one for each of second, minute and day; empty
-- means as often as anybody likes. A column and no table: each check of a key reads it.
ALTER TABLE api_keys ADD COLUMN rate_limits TEXT NOT NULL DEFAULT '';
