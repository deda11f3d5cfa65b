-- What every feature stands on: who signs in, what was asked before, what must happen afterwards.

-- The field clock, set by hand in Development only. No row or no time: it runs with the machine's.
CREATE TABLE field_clocks (
    id INT NOT NULL,
    stands_at DATETIMEOFFSET(3) NULL,
    version INT NOT NULL,
    CONSTRAINT pk_field_clocks PRIMARY KEY {clustered} (id)
);

CREATE TABLE accounts (
    id BINARY(16) NOT NULL,
    version INT NOT NULL,
    name NVARCHAR(60) NULL,
    phone_sealed NVARCHAR(200) {exact} NULL,
    phone_hash BINARY(32) NULL,
    username NVARCHAR(64) NULL,
    username_folded NVARCHAR(64) {exact} NULL,
    password_hash NVARCHAR(200) {exact} NULL,
    created_at DATETIMEOFFSET(3) NOT NULL,
    forgotten_at DATETIMEOFFSET(3) NULL,
    CONSTRAINT pk_accounts PRIMARY KEY {clustered} (id)
);
CREATE UNIQUE INDEX ux_accounts_phone ON accounts (phone_hash) WHERE phone_hash IS NOT NULL;
CREATE UNIQUE INDEX ux_accounts_username ON accounts (username_folded) WHERE username_folded IS NOT NULL;

-- Wrong passwords by username, whether there is such an account or not: the lock must not tell.
CREATE TABLE sign_in_attempts (
    username_hash BINARY(32) NOT NULL,
    failures INT NOT NULL,
    last_at DATETIMEOFFSET(3) NOT NULL,
    locked_until DATETIMEOFFSET(3) NOT NULL,
    CONSTRAINT pk_sign_in_attempts PRIMARY KEY {clustered} (username_hash)
);
CREATE INDEX ix_sign_in_attempts_last ON sign_in_attempts (last_at, username_hash);

-- A hat: one role of one account, for staff at one site; subject_id is the volunteer, resident or team it speaks for.
-- digest_day: the last day on whose morning its wearer was told what lies at the site.
CREATE TABLE hats (
    id BINARY(16) NOT NULL,
    account_id BINARY(16) NOT NULL,
    role NVARCHAR(20) {exact} NOT NULL,
    site_id BINARY(16) NULL,
    subject_id BINARY(16) NULL,
    granted_at DATETIMEOFFSET(3) NOT NULL,
    granted_by BINARY(16) NULL,
    revoked_at DATETIMEOFFSET(3) NULL,
    revoked_by BINARY(16) NULL,
    digest_day NVARCHAR(10) {exact} NULL,
    CONSTRAINT pk_hats PRIMARY KEY {clustered} (id),
    CONSTRAINT fk_hats_account FOREIGN KEY (account_id) REFERENCES accounts (id)
);
CREATE INDEX ix_hats_account ON hats (account_id, id);
CREATE INDEX ix_hats_site ON hats (site_id, role);
CREATE INDEX ix_hats_site_list ON hats (site_id, id);
CREATE INDEX ix_hats_platform ON hats (role) WHERE role = 'PlatformAdmin' AND revoked_at IS NULL;
CREATE INDEX ix_hats_subject ON hats (subject_id);

-- One refresh token each; a family is one sign-in. A replaced token that comes back late ends its family.
CREATE TABLE sessions (
    id BINARY(16) NOT NULL,
    family_id BINARY(16) NOT NULL,
    account_id BINARY(16) NOT NULL,
    hat_id BINARY(16) NULL,
    token_hash BINARY(32) NOT NULL,
    created_at DATETIMEOFFSET(3) NOT NULL,
    expires_at DATETIMEOFFSET(3) NOT NULL,
    replaced_at DATETIMEOFFSET(3) NULL,
    replaced_by BINARY(16) NULL,
    revoked_at DATETIMEOFFSET(3) NULL,
    CONSTRAINT pk_sessions PRIMARY KEY {clustered} (id),
    CONSTRAINT fk_sessions_account FOREIGN KEY (account_id) REFERENCES accounts (id)
);
CREATE UNIQUE INDEX ux_sessions_token ON sessions (token_hash);
CREATE INDEX ix_sessions_family ON sessions (family_id);
CREATE INDEX ix_sessions_revoked ON sessions (family_id) WHERE revoked_at IS NOT NULL;
CREATE INDEX ix_sessions_account ON sessions (account_id);
CREATE INDEX ix_sessions_expires ON sessions (expires_at, id);

CREATE TABLE codes (
    id BINARY(16) NOT NULL,
    phone_hash BINARY(32) NOT NULL,
    code_hash BINARY(32) NOT NULL,
    created_at DATETIMEOFFSET(3) NOT NULL,
    expires_at DATETIMEOFFSET(3) NOT NULL,
    tries INT NOT NULL,
    used_at DATETIMEOFFSET(3) NULL,
    CONSTRAINT pk_codes PRIMARY KEY {clustered} (id)
);
CREATE INDEX ix_codes_phone ON codes (phone_hash, created_at, id);
CREATE INDEX ix_codes_created ON codes (created_at, id);

-- Codes by which somebody sets a new password, given out by an administrator.
CREATE TABLE reset_codes (
    id BINARY(16) NOT NULL,
    account_id BINARY(16) NOT NULL,
    code_hash BINARY(32) NOT NULL,
    issued_by BINARY(16) NOT NULL,
    created_at DATETIMEOFFSET(3) NOT NULL,
    expires_at DATETIMEOFFSET(3) NOT NULL,
    used_at DATETIMEOFFSET(3) NULL,
    CONSTRAINT pk_reset_codes PRIMARY KEY {clustered} (id),
    CONSTRAINT fk_reset_codes_account FOREIGN KEY (account_id) REFERENCES accounts (id)
);
CREATE INDEX ix_reset_codes_account ON reset_codes (account_id, id);
CREATE INDEX ix_reset_codes_created ON reset_codes (created_at, id);

-- How many codes a phone or an address was given within its day, which begins with the first of them.
CREATE TABLE code_allowances (
    key_hash BINARY(32) NOT NULL,
    given INT NOT NULL,
    counted_from DATETIMEOFFSET(3) NOT NULL,
    last_at DATETIMEOFFSET(3) NOT NULL,
    CONSTRAINT pk_code_allowances PRIMARY KEY {clustered} (key_hash)
);
CREATE INDEX ix_code_allowances_last ON code_allowances (last_at, key_hash);

-- key_hash covers who asks and the key; fingerprint covers method, address and body. The answer stands in the row that the
-- deed's own transaction wrote, so the two are there together or not at all.
CREATE TABLE idempotency_keys (
    key_hash BINARY(32) NOT NULL,
    fingerprint BINARY(32) NOT NULL,
    status INT NULL,
    answer_sealed {longtext} NULL,
    created_at DATETIMEOFFSET(3) NOT NULL,
    expires_at DATETIMEOFFSET(3) NOT NULL,
    CONSTRAINT pk_idempotency_keys PRIMARY KEY {nonclustered} (key_hash)
);
-- In the order in which they come and go: SQL Server gives back no room of a table that lies in no order.
CREATE {clustered} INDEX ix_idempotency_keys_expires ON idempotency_keys (expires_at, key_hash);

-- One row a write on SQL Server, kept for an hour: where COMMIT got no answer, it tells what became of it. SQLite has no wire to lose an answer on.
CREATE TABLE commit_marks (
    id BINARY(16) NOT NULL,
    created_at DATETIMEOFFSET(3) NOT NULL,
    CONSTRAINT pk_commit_marks PRIMARY KEY {clustered} (id)
);
CREATE INDEX ix_commit_marks_created ON commit_marks (created_at, id);

-- The processes on this database, for people to look at: a row a start, renewed while it runs. index_place: how far it has followed the feed of changes.
CREATE TABLE nodes (
    id BINARY(16) NOT NULL,
    name NVARCHAR(100) NOT NULL,
    process_id INT NOT NULL,
    role NVARCHAR(8) {exact} NOT NULL,
    build NVARCHAR(100) NOT NULL,
    started_at DATETIMEOFFSET(3) NOT NULL,
    seen_at DATETIMEOFFSET(3) NOT NULL,
    index_place BIGINT NULL,
    CONSTRAINT pk_nodes PRIMARY KEY {clustered} (id)
);
CREATE INDEX ix_nodes_seen ON nodes (seen_at, id);

-- The keys of cookies and forms, the same for all processes.
CREATE TABLE ring_keys (
    id BINARY(16) NOT NULL,
    xml_sealed NVARCHAR(4000) {exact} NOT NULL,
    created_at DATETIMEOFFSET(3) NOT NULL,
    CONSTRAINT pk_ring_keys PRIMARY KEY {clustered} (id)
);

-- Every change of state: who, when, why, from what. Append-only; ids only. Also the feed of changes, read in its order; on SQLite the newest row has to stay.
CREATE TABLE transitions (
    id BINARY(16) NOT NULL,
    subject_id BINARY(16) NOT NULL,
    from_state NVARCHAR(24) {exact} NULL,
    to_state NVARCHAR(24) {exact} NOT NULL,
    deed NVARCHAR(40) {exact} NOT NULL,
    reason NVARCHAR(1000) NULL,
    account_id BINARY(16) NULL,
    hat_id BINARY(16) NULL,
    role NVARCHAR(20) {exact} NOT NULL,
    happened_at DATETIMEOFFSET(3) NOT NULL,
    {feed transitions}
    CONSTRAINT pk_transitions PRIMARY KEY {nonclustered} (id)
);
CREATE INDEX ix_transitions_subject ON transitions (subject_id, id);

-- What must happen after the fact, written in the transaction of the fact. The body holds ids and codes, no personal data.
-- due_at: when it may be taken; under a lease when that ends; NULL once it is delivered.
CREATE TABLE outbox (
    id BINARY(16) NOT NULL,
    topic NVARCHAR(60) {exact} NOT NULL,
    subject_id BINARY(16) NOT NULL,
    center_id BINARY(16) NULL,
    account_id BINARY(16) NULL,
    body {longtext} NOT NULL,
    trace_id NVARCHAR(60) NULL,
    created_at DATETIMEOFFSET(3) NOT NULL,
    due_at DATETIMEOFFSET(3) NULL,
    attempts INT NOT NULL,
    lease_id BINARY(16) NULL,
    delivered_at DATETIMEOFFSET(3) NULL,
    error NVARCHAR(1000) NULL,
    CONSTRAINT pk_outbox PRIMARY KEY {clustered} (id)
);
CREATE INDEX ix_outbox_due ON outbox (due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX ix_outbox_delivered ON outbox (delivered_at, id) WHERE delivered_at IS NOT NULL;

-- What a person was told; the inbox of apps.
CREATE TABLE notices (
    id BINARY(16) NOT NULL,
    account_id BINARY(16) NOT NULL,
    topic NVARCHAR(60) {exact} NOT NULL,
    subject_id BINARY(16) NOT NULL,
    body {longtext} NOT NULL,
    sent_at DATETIMEOFFSET(3) NOT NULL,
    seen_at DATETIMEOFFSET(3) NULL,
    CONSTRAINT pk_notices PRIMARY KEY {clustered} (id),
    CONSTRAINT fk_notices_account FOREIGN KEY (account_id) REFERENCES accounts (id)
);
CREATE INDEX ix_notices_account ON notices (account_id, id);
CREATE INDEX ix_notices_sent ON notices (sent_at, id);

CREATE TABLE job_runs (
    id BINARY(16) NOT NULL,
    job NVARCHAR(60) {exact} NOT NULL,
    node NVARCHAR(100) NOT NULL,
    started_at DATETIMEOFFSET(3) NOT NULL,
    took_ms INT NOT NULL,
    rows_done INT NOT NULL,
    error NVARCHAR(2000) NULL,
    CONSTRAINT pk_job_runs PRIMARY KEY {clustered} (id)
);
CREATE INDEX ix_job_runs_job ON job_runs (job, id);
CREATE INDEX ix_job_runs_started ON job_runs (started_at, id);

-- Jobs that somebody has stopped for a while, on all nodes. What is due stays due.
CREATE TABLE job_pauses (
    job NVARCHAR(60) {exact} NOT NULL,
    paused_at DATETIMEOFFSET(3) NOT NULL,
    paused_by BINARY(16) NOT NULL,
    CONSTRAINT pk_job_pauses PRIMARY KEY {clustered} (job)
);

-- Every look at personal data: whose, who looked, what, for which order.
CREATE TABLE reveals (
    id BINARY(16) NOT NULL,
    subject_id BINARY(16) NOT NULL,
    account_id BINARY(16) NULL,
    hat_id BINARY(16) NULL,
    role NVARCHAR(20) {exact} NOT NULL,
    what NVARCHAR(100) {exact} NOT NULL,
    context_id BINARY(16) NULL,
    reason NVARCHAR(400) NULL,
    happened_at DATETIMEOFFSET(3) NOT NULL,
    CONSTRAINT pk_reveals PRIMARY KEY {clustered} (id)
);
CREATE INDEX ix_reveals_subject ON reveals (subject_id, id);
CREATE INDEX ix_reveals_happened ON reveals (happened_at, id);
