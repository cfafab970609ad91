/// What a descriptor can have two of: one in force, one to come.
public enum TrustKind: String, CaseIterable, Sendable {
  /// The manager's EDHOC key.
  case managerKey = "manager-key"
  /// A whitelist signer.
  case signer
  /// An anchor of device certificates.
  case anchor

  fileprivate var name: String {
    switch self {
    case .managerKey: "manager's key"
    case .signer: "whitelist signer"
    case .anchor: "anchor"
    }
  }
}

// What may change from one descriptor to the next. The epoch is the caller's to raise.
extension TrustTerms {
  /// Ends the change of a key: the one to come is the one in force, and the one before it is believed no more.
  ///
  /// - Throws: ``PKIError`` with code `conflict` when none is to come.
  public mutating func promote(_ kind: TrustKind) throws {
    switch kind {
    case .managerKey: try Self.promote(kind, &managerKeys)
    case .signer: try Self.promote(kind, &signers)
    case .anchor: try Self.promote(kind, &anchors)
    }
  }

  /// Begins the change of a key: one to come, believed beside the one in force.
  ///
  /// - Throws: ``PKIError`` with code `conflict` when one is to come already, or the key is in force.
  public mutating func announce(managerKey: [UInt8]) throws {
    try Self.announce(.managerKey, managerKey, &managerKeys, \.self)
  }

  /// Begins the change of a signer, or names the first one.
  ///
  /// - Throws: ``PKIError`` with code `conflict` when one is to come already, or the key is in force.
  public mutating func announce(signer: [UInt8]) throws {
    try Self.announce(.signer, signer, &signers, \.self)
  }

  /// Begins the change of an anchor.
  ///
  /// - Throws: ``PKIError`` with code `conflict` when one is to come already, or its key is in force.
  public mutating func announce(anchor: Anchor) throws {
    try Self.announce(.anchor, anchor, &anchors, \.publicKey)
  }

  /// Replaces what was stolen or lost: of a kind only the new one is believed from now on.
  public mutating func replace(managerKey: [UInt8]) { managerKeys = [managerKey] }

  /// Replaces all signers by one.
  public mutating func replace(signer: [UInt8]) { signers = [signer] }

  /// Replaces all anchors by one.
  public mutating func replace(anchor: Anchor) { anchors = [anchor] }

  private static func promote<Item>(_ kind: TrustKind, _ items: inout [Item]) throws {
    guard items.count == 2 else {
      throw PKIError(.conflict, "There is no \(kind.name) to come that could take over: announce one first.")
    }
    items.removeFirst()
  }

  private static func announce<Item>(
    _ kind: TrustKind, _ item: Item, _ items: inout [Item], _ key: (Item) -> [UInt8]
  ) throws {
    guard items.count < 2 else {
      throw PKIError(.conflict, "A \(kind.name) to come is there already: promote it first, or replace both.")
    }
    guard !items.contains(where: { key($0) == key(item) }) else {
      throw PKIError(.conflict, "This \(kind.name) is in force already.")
    }
    items.append(item)
  }
}
