import COSE

extension Whitelist {
  /// Reads the table of rules; every rule is held against some use, for its form's sake.
  mutating func readRuleSets<Source: WhitelistSource & ~Copyable>(
    _ cursor: inout ListCursor, _ source: borrowing Source, _ fault: inout WhitelistRefusal
  ) throws(ListFault) {
    fault = .rules
    try cursor.expect(WhitelistField.ruleSets, source)
    let count = try cursor.count(of: .array, source)
    guard count <= WhitelistLimits.ruleSets else { throw .form }
    self.ruleSets = cursor.position
    self.ruleSetCount = UInt32(truncatingIfNeeded: count)
    let use = PeerUse(.outward, .coap, over: .tls, port: 0)
    for _ in 0..<count { _ = try Self.readRuleSet(&cursor, source, use, &fault) }
  }

  /// Why no rule of a set fits a use; nil when one does.
  func denial<Source: WhitelistSource & ~Copyable>(
    ofRuleSet index: UInt32, _ use: PeerUse, _ source: borrowing Source
  ) throws(ListFault) -> WhitelistDenial? {
    var cursor = ListCursor(self.ruleSets..<self.content.upperBound)
    var fault = WhitelistRefusal.rules
    for _ in 0..<index { _ = try Self.readRuleSet(&cursor, source, use, &fault) }
    return try Self.readRuleSet(&cursor, source, use, &fault)
  }

  /// Reads a set of rules and holds it against a use.
  ///
  /// - Returns: nil when a rule fits, else what the rule lacked that came furthest.
  @inline(never)
  private static func readRuleSet<Source: WhitelistSource & ~Copyable>(
    _ cursor: inout ListCursor, _ source: borrowing Source, _ use: PeerUse, _ fault: inout WhitelistRefusal
  ) throws(ListFault) -> WhitelistDenial? {
    let count = try cursor.count(of: .array, source)
    guard count <= WhitelistLimits.rulesOfASet else { throw .form }
    var furthest: WhitelistDenial? = .noRules
    for _ in 0..<count {
      let lack = try Self.readRule(&cursor, source, use, &fault)
      guard let known = furthest else { continue }
      if let lack, lack.rawValue < known.rawValue { continue }
      furthest = lack
    }
    return furthest
  }

  /// Reads a rule and holds it against a use: its fields in their order, the first that does not fit is what it lacks.
  @inline(never)
  private static func readRule<Source: WhitelistSource & ~Copyable>(
    _ cursor: inout ListCursor, _ source: borrowing Source, _ use: PeerUse, _ fault: inout WhitelistRefusal
  ) throws(ListFault) -> WhitelistDenial? {
    var last: UInt32 = 0
    var lack: WhitelistDenial?
    for _ in 0..<(try cursor.count(of: .map, source)) {
      guard let kind = try cursor.kind(source) else { throw .form }
      fault = .criticalField
      guard kind == .unsigned else { throw .form }
      let field = try cursor.uint32(source)
      guard field <= RuleField.leastTLSVersion else { throw .form }
      fault = .rules
      guard field > last else { throw .form }
      last = field
      let fits: Bool
      let reason: WhitelistDenial
      switch field {
      case RuleField.direction:
        let wanted = try cursor.uint32(source, in: 1...2)
        (fits, reason) = (wanted == UInt32(use.direction.rawValue), .direction)
      case RuleField.protocols:
        let most = UInt32.max
        fits = try Self.readValues(&cursor, source, use.application.rawValue, upTo: most, isPort: false)
        reason = .application
      case RuleField.transports:
        fits = try Self.readValues(&cursor, source, use.transport.rawValue, upTo: UInt32.max, isPort: false)
        reason = .transport
      case RuleField.ports:
        fits = try Self.readValues(&cursor, source, UInt32(use.port), upTo: 65_535, isPort: true)
        reason = .port
      default:
        let least = try cursor.uint32(source, in: 2...255)
        // Which transports there may be is field 3's to say; one without versions has none that is too low.
        fits = !use.transport.hasVersions || use.tlsVersion.map { UInt32($0) >= least } == true
        reason = .tlsVersion
      }
      if !fits, lack == nil { lack = reason }
    }
    return lack
  }

  /// Reads one value, or an array of them, none meaning that none fits.
  ///
  /// - Returns: whether the value looked for is among them.
  @inline(never)
  private static func readValues<Source: WhitelistSource & ~Copyable>(
    _ cursor: inout ListCursor, _ source: borrowing Source, _ value: UInt32, upTo most: UInt32, isPort: Bool
  ) throws(ListFault) -> Bool {
    guard try cursor.kind(source) == .array else { return try cursor.uint32(source, in: 1...most) == value }
    let count = try cursor.count(of: .array, source)
    guard count <= WhitelistLimits.valuesOfARule else { throw .form }
    var isThere = false
    for _ in 0..<count {
      var least = value
      var greatest = value
      if isPort, try cursor.kind(source) == .array {
        guard try cursor.count(of: .array, source) == 2 else { throw .form }
        least = try cursor.uint32(source, in: 1...most)
        greatest = try cursor.uint32(source, in: least...most)
      } else {
        least = try cursor.uint32(source, in: 1...most)
        greatest = least
      }
      if least <= value, value <= greatest { isThere = true }
    }
    return isThere
  }
}

extension PeerTransport {
  /// Whether it has versions that a rule can ask for.
  fileprivate var hasVersions: Bool { self != .oscore }
}
