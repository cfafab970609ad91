import GRDB

/// The tables, and the number that says which tables they are: how many of ``steps`` the file has behind it.
enum Schema {
  /// Written into the file; a program refuses a file with a higher one.
  static let version = steps.count
  /// `MSTR`: says that the file is a manager's at all.
  static let applicationID = 0x4D53_5452

  /// From nothing to version 1, from there to 2, and so on. A step that has been in use is never changed.
  private static let steps = [
    tables, oneNameOneDevice, bootstrapKeys, linkedAudit, revocations, schedules, gatewayRenewals,
    invitations,
  ]

  /// Brings a file to this version, all steps in one transaction.
  ///
  /// - Throws: ``ManagerError`` with code `database` when what is in the file breaks a rule that a step brings. Nothing is
  ///   changed then.
  static func migrate(_ database: Database) throws {
    let start = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    guard start < version else { return }
    try database.inTransaction(.immediate) {
      for (index, step) in steps.enumerated().dropFirst(start) {
        if index + 1 == 2 { try refuseTwins(database) }
        try database.execute(sql: step)
        if index + 1 == 4 { try database.linkAudit() }
        if index + 1 == 6 { try database.scheduleRenewals() }
      }
      // SQLite binds no parameters in a PRAGMA; both numbers are constants of this type.
      try database.execute(sql: "PRAGMA application_id = \(applicationID); PRAGMA user_version = \(version)")
      return .commit
    }
  }

  private static func refuseTwins(_ database: Database) throws {
    let twins = try String.fetchAll(
      database, sql: "SELECT group_concat(id, ' and ') FROM device GROUP BY lower(id) HAVING count(*) > 1")
    guard let first = twins.first else { return }
    throw ManagerError(
      .database, "The database has the devices \(first), whose certificates bear the same DNS name.",
      remedy: "Before this version can use it, one of each such pair must be removed from it by hand.")
  }

  /// Version 2: a device's DNS name is its id in lower case, so two ids may not differ in case only.
  private static let oneNameOneDevice = """
    CREATE UNIQUE INDEX device_by_name ON device(lower(id));
    """

  /// Version 3: what a device is known by, where it has been, and what was strange about it.
  private static let bootstrapKeys = """
    ALTER TABLE device ADD COLUMN thumbprint TEXT;
    ALTER TABLE device ADD COLUMN public_key BLOB;
    ALTER TABLE device ADD COLUMN alarm TEXT;
    ALTER TABLE device ADD COLUMN alarm_detail TEXT;
    ALTER TABLE device ADD COLUMN alarm_at INTEGER;
    CREATE UNIQUE INDEX device_by_thumbprint ON device(thumbprint);
    CREATE INDEX device_by_key_identifier ON device(substr(thumbprint, 1, 16));

    CREATE TABLE device_route (
      number INTEGER PRIMARY KEY,
      device TEXT NOT NULL REFERENCES device(id),
      gateway TEXT NOT NULL,
      line TEXT NOT NULL,
      since INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX device_route_by_device ON device_route(device, number);
    INSERT INTO device_route(device, gateway, line, since)
      SELECT id, gateway, line, created_at FROM device WHERE gateway IS NOT NULL AND line IS NOT NULL;
    """

  /// Version 4: what links each entry of the audit trail to the one before it, see ``AuditTrail``.
  private static let linkedAudit = """
    ALTER TABLE audit ADD COLUMN link BLOB NOT NULL DEFAULT x'';
    """

  /// Version 5: what was withdrawn, and how far the CA knows; which devices were at a gateway.
  private static let revocations = """
    CREATE TABLE revocation (
      number INTEGER PRIMARY KEY,
      certificate_id TEXT NOT NULL UNIQUE REFERENCES certificate(id),
      transaction_id TEXT NOT NULL UNIQUE,
      reason INTEGER NOT NULL,
      source TEXT NOT NULL,
      revoked_at INTEGER NOT NULL,
      next_try_at INTEGER,
      told_at INTEGER,
      trouble TEXT
    ) STRICT;
    CREATE INDEX revocation_due ON revocation(next_try_at) WHERE next_try_at IS NOT NULL;
    CREATE INDEX device_route_by_gateway ON device_route(gateway, device);
    """

  /// Version 6: when devices' certificates are to be renewed, who is silent, and the CAs' lists.
  private static let schedules = """
    ALTER TABLE device ADD COLUMN renewal_at INTEGER;
    CREATE INDEX device_by_renewal ON device(renewal_at) WHERE state = 'active' AND held = 0;
    CREATE INDEX device_by_seen ON device(seen_at, id);

    CREATE TABLE authority_list (
      issuer TEXT PRIMARY KEY,
      -- The newest certificate by it, which says where its list is.
      certificate_id TEXT NOT NULL REFERENCES certificate(id),
      list_number TEXT,
      this_update INTEGER,
      next_update INTEGER,
      checked_at INTEGER,
      missed INTEGER NOT NULL DEFAULT 0,
      trouble TEXT
    ) STRICT;
    INSERT INTO authority_list(issuer, certificate_id)
      SELECT issuer, id FROM certificate
      WHERE number IN (SELECT max(number) FROM certificate GROUP BY issuer);
    """

  /// Version 7: a gateway's next certificate, until it shows it.
  private static let gatewayRenewals = """
    ALTER TABLE gateway ADD COLUMN next_order_id TEXT REFERENCES certificate_order(id);
    ALTER TABLE gateway ADD COLUMN next_certificate_id TEXT REFERENCES certificate(id);
    """

  /// Version 8: devices that enrol over EST, and the one-time codes that let them in. Of a code there is its hash only.
  private static let invitations = """
    ALTER TABLE device ADD COLUMN est_profile TEXT;
    CREATE TABLE invitation (
      code BLOB PRIMARY KEY,
      device TEXT NOT NULL REFERENCES device(id),
      profile TEXT NOT NULL,
      expires_at INTEGER NOT NULL,
      created_at INTEGER NOT NULL,
      used_at INTEGER
    ) STRICT;
    CREATE INDEX invitation_by_device ON invitation(device);
    """

  /// Version 1. Times are milliseconds since 1970. Names of keys, certificates and orders are lower-case hexadecimal.
  private static let tables = """
    CREATE TABLE device (
      id TEXT PRIMARY KEY,
      state TEXT NOT NULL,
      model TEXT,
      firmware TEXT,
      gateway TEXT,
      line TEXT,
      claimed_holding INTEGER,
      claimed_serial TEXT,
      claimed_message_bytes INTEGER,
      problem TEXT,
      problem_detail TEXT,
      problem_at INTEGER,
      held INTEGER NOT NULL DEFAULT 0,
      order_id TEXT REFERENCES certificate_order(id),
      certificate_id TEXT REFERENCES certificate(id),
      created_at INTEGER NOT NULL,
      changed_at INTEGER NOT NULL,
      seen_at INTEGER
    ) STRICT;
    CREATE INDEX device_by_state ON device(state, id);
    CREATE INDEX device_by_gateway ON device(gateway, state);

    -- Every key ever seen in a good request, and whose it is for all time.
    CREATE TABLE key_seen (
      key TEXT PRIMARY KEY,
      holder_kind TEXT NOT NULL,
      holder TEXT NOT NULL,
      first_seen_at INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE certificate_order (
      number INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      holder_kind TEXT NOT NULL,
      holder TEXT NOT NULL,
      profile TEXT NOT NULL,
      key TEXT NOT NULL REFERENCES key_seen(key),
      request BLOB NOT NULL,
      sent BLOB,
      state TEXT NOT NULL,
      refusal TEXT,
      created_at INTEGER NOT NULL
    ) STRICT;
    -- The same key is the same order, as long as it is open.
    CREATE UNIQUE INDEX one_open_order ON certificate_order(key) WHERE state = 'open';
    CREATE INDEX order_by_holder ON certificate_order(holder_kind, holder, key);

    CREATE TABLE certificate (
      number INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      serial TEXT NOT NULL,
      holder_kind TEXT NOT NULL,
      holder TEXT NOT NULL,
      key TEXT NOT NULL REFERENCES key_seen(key),
      order_id TEXT NOT NULL UNIQUE REFERENCES certificate_order(id),
      der BLOB NOT NULL,
      chain BLOB NOT NULL,
      subject TEXT NOT NULL,
      issuer TEXT NOT NULL,
      not_before INTEGER NOT NULL,
      not_after INTEGER NOT NULL,
      state TEXT NOT NULL,
      report BLOB,
      refusal TEXT,
      created_at INTEGER NOT NULL,
      UNIQUE (issuer, serial)
    ) STRICT;
    CREATE UNIQUE INDEX one_active_certificate ON certificate(key) WHERE state = 'active';
    CREATE INDEX certificate_by_holder ON certificate(holder_kind, holder, state);
    CREATE INDEX certificate_by_serial ON certificate(serial);
    CREATE INDEX certificate_by_end ON certificate(not_after) WHERE state = 'active';

    CREATE TABLE gateway (
      name TEXT PRIMARY KEY,
      state TEXT NOT NULL,
      order_id TEXT NOT NULL REFERENCES certificate_order(id),
      certificate_id TEXT REFERENCES certificate(id),
      created_at INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE audit (
      number INTEGER PRIMARY KEY AUTOINCREMENT,
      at INTEGER NOT NULL,
      actor TEXT NOT NULL,
      action TEXT NOT NULL,
      subject TEXT NOT NULL,
      detail TEXT NOT NULL
    ) STRICT;
    """
}
