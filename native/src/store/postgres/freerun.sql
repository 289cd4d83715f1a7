-- Freerun's own tables, version 1.
CREATE TABLE freerun_meta (
	version INTEGER NOT NULL,
	-- The highest epoch of any deleted study: a new study of the same name goes on from it, so that
	-- a writer of the deleted one stays fenced.
	epoch_floor BIGINT NOT NULL
);
CREATE TABLE freerun_studies (
	name TEXT NOT NULL PRIMARY KEY,
	-- Position of the last record.
	last_seq BIGINT NOT NULL,
	-- Trials in the journal: rows of Optuna's tables beyond them are another program's.
	trials BIGINT NOT NULL,
	-- Of the newest claim.
	epoch BIGINT NOT NULL,
	-- Who holds the lease, and until when, by the server's clock.
	holder TEXT,
	holder_about TEXT,
	lease_until TIMESTAMPTZ NOT NULL
);
CREATE TABLE freerun_journal (
	study TEXT NOT NULL,
	seq BIGINT NOT NULL,
	record TEXT NOT NULL,
	PRIMARY KEY (study, seq)
);
