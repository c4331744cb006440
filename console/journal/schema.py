"""The tables of the journal: one script for each version of the file.

The number of the last script that was applied is the file's `user_version`. A script that was
released is never changed; a change is a further script at the end.

Times are whole microseconds since 1970 in UTC. Order is by id, as a clock may jump. The tables of
the search are made as they are needed (`search`).
"""

_EXCHANGES = """
CREATE TABLE program (      -- a run of this program that wrote something unfinished
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    pid INTEGER NOT NULL,
    started TEXT NOT NULL,  -- by the system's own count
    host TEXT NOT NULL,
    boot TEXT NOT NULL,
    UNIQUE (pid, started, host, boot)
);

CREATE TABLE exchange (
    id INTEGER PRIMARY KEY AUTOINCREMENT,  -- never given a second time
    at INTEGER NOT NULL,
    profile TEXT NOT NULL,
    url TEXT NOT NULL,
    call TEXT NOT NULL,
    is_command INTEGER NOT NULL,
    subject TEXT NOT NULL,
    subject_compact TEXT NOT NULL,         -- without separators, in small letters
    verdict TEXT,                          -- NULL while it is in flight
    code TEXT,
    http_status INTEGER,
    words TEXT NOT NULL,                   -- call, subject, code and message, in small letters
    attempts INTEGER NOT NULL,
    duration_ms INTEGER,
    session INTEGER,
    program INTEGER REFERENCES program (id),
    is_indexed INTEGER NOT NULL DEFAULT 0, -- whether it is in a search table
    record BLOB NOT NULL                   -- all but the bodies: JSON, compressed (codec.py)
);
CREATE INDEX exchange_session ON exchange (session) WHERE session IS NOT NULL;
CREATE INDEX exchange_open ON exchange (program) WHERE verdict IS NULL;
CREATE INDEX exchange_unindexed ON exchange (id) WHERE is_indexed = 0;

CREATE TABLE body (
    exchange INTEGER NOT NULL REFERENCES exchange (id) ON DELETE CASCADE,
    place INTEGER NOT NULL,                -- as the record names it
    is_searched INTEGER NOT NULL,          -- whether the search looks into it
    data BLOB NOT NULL,                    -- compressed
    PRIMARY KEY (exchange, place)
) WITHOUT ROWID;

CREATE TABLE station_number (
    server TEXT NOT NULL,
    evse TEXT NOT NULL,                    -- as it is compared
    station TEXT NOT NULL,
    PRIMARY KEY (server, evse)
) WITHOUT ROWID;
"""

SCHEMA = [_EXCHANGES]
"""The scripts, the oldest first."""
