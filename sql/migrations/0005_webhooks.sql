-- Programs of partners that are called when something changes.

-- feed_place: from where on it is told; serial is raised by whoever sets its deliveries in order, so that no two do at once.
-- failing_since: since when it has taken nothing.
CREATE TABLE webhooks (
    id BINARY(16) NOT NULL,
    version INT NOT NULL,
    serial INT NOT NULL,
    partner_id BINARY(16) NOT NULL,
    url NVARCHAR(1000) {exact} NOT NULL,
    url_hash BINARY(32) NOT NULL,
    types NVARCHAR(1000) {exact} NOT NULL,
    secret_sealed NVARCHAR(200) {exact} NOT NULL,
    old_secret_sealed NVARCHAR(200) {exact} NULL,
    old_secret_until DATETIMEOFFSET(3) NULL,
    state NVARCHAR(10) {exact} NOT NULL,
    disabled_why NVARCHAR(20) {exact} NULL,
    feed_place BIGINT NOT NULL,
    failing_since DATETIMEOFFSET(3) NULL,
    last_success_at DATETIMEOFFSET(3) NULL,
    created_at DATETIMEOFFSET(3) NOT NULL,
    disabled_at DATETIMEOFFSET(3) NULL,
    CONSTRAINT pk_webhooks PRIMARY KEY {clustered} (id),
    CONSTRAINT fk_webhooks_partner FOREIGN KEY (partner_id) REFERENCES partners (id)
);
CREATE UNIQUE INDEX ux_webhooks_url ON webhooks (partner_id, url_hash) WHERE state <> 'Ended';
CREATE INDEX ix_webhooks_partner ON webhooks (partner_id, id);
CREATE INDEX ix_webhooks_active ON webhooks (id) WHERE state = 'Active';

-- How far the feed of changes has been turned into deliveries. One row, made with the first webhook.
CREATE TABLE webhook_places (
    id INT NOT NULL,
    place BIGINT NOT NULL,
    CONSTRAINT pk_webhook_places PRIMARY KEY {clustered} (id)
);

-- An event for one webhook. Those about one subject go out one after another, in the order of sequence: only the first that waits has due_at.
-- due_at: when it may be taken; under a lease when that ends.
CREATE TABLE deliveries (
    id BINARY(16) NOT NULL,
    webhook_id BINARY(16) NOT NULL,
    event_id BINARY(16) NOT NULL,
    subject_id BINARY(16) NOT NULL,
    sequence BIGINT NOT NULL,
    type NVARCHAR(60) {exact} NOT NULL,
    body {longtext} NOT NULL,
    state NVARCHAR(10) {exact} NOT NULL,
    happened_at DATETIMEOFFSET(3) NOT NULL,
    created_at DATETIMEOFFSET(3) NOT NULL,
    due_at DATETIMEOFFSET(3) NULL,
    lease_id BINARY(16) NULL,
    tries INT NOT NULL,
    first_tried_at DATETIMEOFFSET(3) NULL,
    ended_at DATETIMEOFFSET(3) NULL,
    last_status INT NULL,
    last_problem NVARCHAR(20) {exact} NULL,
    CONSTRAINT pk_deliveries PRIMARY KEY {clustered} (id),
    CONSTRAINT fk_deliveries_webhook FOREIGN KEY (webhook_id) REFERENCES webhooks (id)
);
CREATE UNIQUE INDEX ux_deliveries_event ON deliveries (webhook_id, event_id);
CREATE INDEX ix_deliveries_webhook_due ON deliveries (webhook_id, due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX ix_deliveries_waiting ON deliveries (webhook_id, subject_id, sequence, id) WHERE state = 'Waiting';
CREATE INDEX ix_deliveries_webhook ON deliveries (webhook_id, id) {include state};
CREATE INDEX ix_deliveries_dead ON deliveries (webhook_id) WHERE state = 'Dead';
CREATE INDEX ix_deliveries_ended ON deliveries (ended_at, id) WHERE ended_at IS NOT NULL;

CREATE TABLE delivery_attempts (
    id BINARY(16) NOT NULL,
    delivery_id BINARY(16) NOT NULL,
    happened_at DATETIMEOFFSET(3) NOT NULL,
    took_ms INT NOT NULL,
    status INT NULL,
    problem NVARCHAR(20) {exact} NULL,
    answer NVARCHAR(500) NULL,
    CONSTRAINT pk_delivery_attempts PRIMARY KEY {clustered} (id),
    CONSTRAINT fk_delivery_attempts_delivery FOREIGN KEY (delivery_id) REFERENCES deliveries (id)
);
CREATE INDEX ix_delivery_attempts_delivery ON delivery_attempts (delivery_id, id);
