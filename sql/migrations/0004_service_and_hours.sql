-- Coming, going, hours, ratings.

CREATE TABLE attendances (
    id BINARY(16) NOT NULL,
    assignment_id BINARY(16) NOT NULL,
    direction NVARCHAR(3) {exact} NOT NULL,
    happened_at DATETIMEOFFSET(3) NOT NULL,
    method NVARCHAR(12) {exact} NOT NULL,
    evidence NVARCHAR(1) {exact} NOT NULL,
    lat FLOAT NULL,
    lng FLOAT NULL,
    accuracy_m FLOAT NULL,
    sent_datum NVARCHAR(8) {exact} NULL,
    account_id BINARY(16) NULL,
    CONSTRAINT pk_attendances PRIMARY KEY {clustered} (id),
    CONSTRAINT fk_attendances_assignment FOREIGN KEY (assignment_id) REFERENCES assignments (id)
);
CREATE UNIQUE INDEX ux_attendances_once ON attendances (assignment_id, direction);

-- Service codes typed for an assignment, so that they cannot be guessed: so many tries from since on, by the machine's clock. A right one clears it.
CREATE TABLE code_tries (
    assignment_id BINARY(16) NOT NULL,
    tries INT NOT NULL,
    since DATETIMEOFFSET(3) NOT NULL,
    CONSTRAINT pk_code_tries PRIMARY KEY {clustered} (assignment_id),
    CONSTRAINT fk_code_tries_assignment FOREIGN KEY (assignment_id) REFERENCES assignments (id)
);

-- Append-only; sequence counts within the volunteer; hash covers the entry and previous_hash. Ids only.
CREATE TABLE hours_entries (
    id BINARY(16) NOT NULL,
    volunteer_id BINARY(16) NOT NULL,
    sequence INT NOT NULL,
    center_id BINARY(16) NOT NULL,
    site_id BINARY(16) NOT NULL,
    path NVARCHAR(200) {exact} NOT NULL,
    order_id BINARY(16) NOT NULL,
    assignment_id BINARY(16) NOT NULL,
    reverses_id BINARY(16) NULL,
    minutes INT NOT NULL,
    evidence NVARCHAR(1) {exact} NOT NULL,
    service_day NVARCHAR(10) {exact} NOT NULL,
    posted_at DATETIMEOFFSET(3) NOT NULL,
    posted_by BINARY(16) NULL,
    reason NVARCHAR(400) NULL,
    previous_hash BINARY(32) NOT NULL,
    hash BINARY(32) NOT NULL,
    CONSTRAINT pk_hours_entries PRIMARY KEY {clustered} (id),
    CONSTRAINT fk_hours_entries_volunteer FOREIGN KEY (volunteer_id) REFERENCES volunteers (id),
    CONSTRAINT fk_hours_entries_site FOREIGN KEY (site_id) REFERENCES sites (id),
    CONSTRAINT fk_hours_entries_order FOREIGN KEY (order_id) REFERENCES orders (id),
    CONSTRAINT fk_hours_entries_assignment FOREIGN KEY (assignment_id) REFERENCES assignments (id)
);
CREATE UNIQUE INDEX ux_hours_entries_chain ON hours_entries (volunteer_id, sequence);
CREATE UNIQUE INDEX ux_hours_entries_reversal ON hours_entries (reverses_id) WHERE reverses_id IS NOT NULL;
CREATE INDEX ix_hours_entries_center ON hours_entries (center_id, id) {include path, service_day};
CREATE INDEX ix_hours_entries_day ON hours_entries (volunteer_id, service_day) {include minutes};
CREATE INDEX ix_hours_entries_assignment ON hours_entries (assignment_id, sequence);

-- Verified minutes beyond what a day takes by itself, waiting for somebody's approval.
CREATE TABLE hours_approvals (
    id BINARY(16) NOT NULL,
    version INT NOT NULL,
    assignment_id BINARY(16) NOT NULL,
    volunteer_id BINARY(16) NOT NULL,
    center_id BINARY(16) NOT NULL,
    site_id BINARY(16) NOT NULL,
    path NVARCHAR(200) {exact} NOT NULL,
    service_day NVARCHAR(10) {exact} NOT NULL,
    minutes INT NOT NULL,
    needs NVARCHAR(8) {exact} NOT NULL,
    state NVARCHAR(10) {exact} NOT NULL,
    asked_at DATETIMEOFFSET(3) NOT NULL,
    decided_at DATETIMEOFFSET(3) NULL,
    decided_by BINARY(16) NULL,
    reason NVARCHAR(400) NULL,
    CONSTRAINT pk_hours_approvals PRIMARY KEY {clustered} (id),
    CONSTRAINT fk_hours_approvals_assignment FOREIGN KEY (assignment_id) REFERENCES assignments (id),
    CONSTRAINT fk_hours_approvals_volunteer FOREIGN KEY (volunteer_id) REFERENCES volunteers (id),
    CONSTRAINT fk_hours_approvals_site FOREIGN KEY (site_id) REFERENCES sites (id)
);
CREATE UNIQUE INDEX ux_hours_approvals_assignment ON hours_approvals (assignment_id) WHERE state = 'Waiting';
CREATE INDEX ix_hours_approvals_center ON hours_approvals (center_id, state, id);
CREATE INDEX ix_hours_approvals_volunteer ON hours_approvals (volunteer_id, service_day);

CREATE TABLE star_grants (
    id BINARY(16) NOT NULL,
    volunteer_id BINARY(16) NOT NULL,
    stars INT NOT NULL,
    minutes INT NOT NULL,
    granted_at DATETIMEOFFSET(3) NOT NULL,
    CONSTRAINT pk_star_grants PRIMARY KEY {clustered} (id),
    CONSTRAINT fk_star_grants_volunteer FOREIGN KEY (volunteer_id) REFERENCES volunteers (id)
);
CREATE UNIQUE INDEX ux_star_grants_once ON star_grants (volunteer_id, stars);

-- A dispute in the words of whoever raised it; forgotten with the person. The timeline says that there was one.
CREATE TABLE disputes (
    id BINARY(16) NOT NULL,
    order_id BINARY(16) NOT NULL,
    raised_by BINARY(16) NOT NULL,
    words NVARCHAR(1000) NOT NULL,
    raised_at DATETIMEOFFSET(3) NOT NULL,
    resolved_by BINARY(16) NULL,
    resolved_at DATETIMEOFFSET(3) NULL,
    resolution NVARCHAR(1000) NULL,
    CONSTRAINT pk_disputes PRIMARY KEY {clustered} (id),
    CONSTRAINT fk_disputes_order FOREIGN KEY (order_id) REFERENCES orders (id)
);
CREATE INDEX ix_disputes_order ON disputes (order_id, id);

-- score NULL with silent = 1: nobody said anything. Shown when both are in or time is up.
CREATE TABLE ratings (
    id BINARY(16) NOT NULL,
    order_id BINARY(16) NOT NULL,
    assignment_id BINARY(16) NOT NULL,
    direction NVARCHAR(12) {exact} NOT NULL,
    score INT NULL,
    words NVARCHAR(1000) NULL,
    silent BIT NOT NULL,
    rated_by BINARY(16) NULL,
    rated_at DATETIMEOFFSET(3) NOT NULL,
    shown_at DATETIMEOFFSET(3) NULL,
    CONSTRAINT pk_ratings PRIMARY KEY {clustered} (id),
    CONSTRAINT fk_ratings_order FOREIGN KEY (order_id) REFERENCES orders (id),
    CONSTRAINT fk_ratings_assignment FOREIGN KEY (assignment_id) REFERENCES assignments (id)
);
CREATE UNIQUE INDEX ux_ratings_once ON ratings (assignment_id, direction);
CREATE INDEX ix_ratings_order ON ratings (order_id);
