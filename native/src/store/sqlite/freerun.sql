-- Freerun's own tables, version 1.
CREATE TABLE IF NOT EXISTS freerun_meta (
	version INTEGER NOT NULL,
	-- The highest epoch of any deleted study: a new study of the same name goes on from it, so that
	-- a writer of the deleted one stays fenced.
	epoch_floor INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS freerun_studies (
	name TEXT NOT NULL PRIMARY KEY,
	-- Position of the last record.
	last_seq INTEGER NOT NULL,
	-- Trials in the journal: rows of Optuna's tables beyond them are another program's.
	trials INTEGER NOT NULL,
	-- Of the newest claim.
	epoch INTEGER NOT NULL,
	-- Who holds the lease, and until when, in microseconds since 1970-01-01 UTC.
	holder TEXT,
	holder_about TEXT,
	lease_until_utc_us INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS freerun_journal (
	study TEXT NOT NULL,
	seq INTEGER NOT NULL,
	record TEXT NOT NULL,
	PRIMARY KEY (study, seq)
) STRICT;
