import COSE
public import Whitelist

extension WhitelistTerms {
  /// Reads a list.
  ///
  /// - Parameters:
  ///   - list: its bytes.
  ///   - signers: public keys of 64 bytes, one of which must have signed it; nil to read it unverified, only to show it.
  /// - Throws: `WhitelistError`.
  public init(list bytes: [UInt8], signers: [[UInt8]]?) throws(WhitelistError) {
    let source = ListBytes(bytes)
    let places: Whitelist
    if let signers {
      var cryptography = HostCryptography()
      let keys = signers.flatMap(\.self)
      places = try Whitelist(source, signers: keys.span, with: &cryptography)
    } else {
      places = try Whitelist(verified: source)
    }
    self.init(
      network: String(decoding: bytes[places.network], as: UTF8.self),
      holder: String(decoding: bytes[places.holder], as: UTF8.self),
      holderThumbprint: Array(bytes[places.holderThumbprint]), thisUpdate: places.thisUpdate,
      nextUpdate: places.nextUpdate, hardExpiry: places.hardExpiry)
    list = places.list
    epoch = places.epoch
    number = places.number
    stalePolicy = places.stalePolicy
    timeMode = places.timeMode
    offlineRestarts = places.offlineRestarts
    observeUntil = places.observeUntil == 0 ? nil : places.observeUntil
    do throws(CBORError) {
      var reader = try CBORReader(bytes.span.extracting(places.content))
      _ = try reader.map()
      for _ in 1...12 {
        try reader.skip()
        try reader.skip()
      }
      try readTables(&reader)
    } catch {
      throw .refused(.malformed)  // which the reader above has ruled out
    }
  }

  /// SHA-256 of what a list's signer signed: what receipts name.
  ///
  /// - Throws: `WhitelistError` when the bytes are no list; the signature is not looked at.
  public static func digest(of list: [UInt8]) throws(WhitelistError) -> [UInt8] {
    list[try Whitelist(verified: ListBytes(list)).content].sha256
  }

  private mutating func readTables(_ reader: inout CBORReader) throws(CBORError) {
    _ = try reader.uint()
    var issuers: [Issuer] = []
    for _ in 0..<(try reader.array()) {
      _ = try reader.array()
      let name = Self.copy(try reader.byteString())
      issuers.append(Issuer(name: name, key: Self.copy(try reader.byteString())))
    }
    _ = try reader.uint()
    var ruleSets: [[Rule]] = []
    for _ in 0..<(try reader.array()) {
      var set: [Rule] = []
      for _ in 0..<(try reader.array()) { set.append(try Rule(&reader)) }
      ruleSets.append(set)
    }
    _ = try reader.uint()
    for _ in 0..<(try reader.array()) { entries.append(try Entry(&reader, issuers, ruleSets)) }
  }

  fileprivate static func copy(_ bytes: Span<UInt8>) -> [UInt8] { bytes.indices.map { bytes[$0] } }
}

extension WhitelistTerms.Certificate {
  fileprivate init(_ reader: inout CBORReader, _ issuers: [WhitelistTerms.Issuer]) throws(CBORError) {
    self.init(
      issuer: issuers[Int(try reader.uint32())], serialNumber: WhitelistTerms.copy(try reader.byteString()))
  }
}

extension WhitelistTerms.Entry {
  fileprivate init(
    _ reader: inout CBORReader, _ issuers: [WhitelistTerms.Issuer], _ ruleSets: [[WhitelistTerms.Rule]]
  ) throws(CBORError) {
    var parts = try reader.array() - 2
    self.init(try WhitelistTerms.Certificate(&reader, issuers))
    if parts > 0, reader.kind == .unsigned {
      rules = ruleSets[Int(try reader.uint32())]
      parts -= 1
    }
    guard parts > 0 else { return }
    for _ in 0..<(try reader.map()) {
      switch try reader.uint() {
      case 1: pin = WhitelistTerms.copy(try reader.byteString())
      case 2: validFrom = try reader.uint()
      case 3: validUntil = try reader.uint()
      default:
        _ = try reader.array()
        predecessor = try WhitelistTerms.Certificate(&reader, issuers)
      }
    }
  }
}

extension WhitelistTerms.Rule {
  fileprivate init(_ reader: inout CBORReader) throws(CBORError) {
    self.init()
    for _ in 0..<(try reader.map()) {
      switch try reader.uint() {
      case 1: direction = PeerDirection(rawValue: UInt8(truncatingIfNeeded: try reader.uint32()))
      case 2: protocols = try Self.values(&reader).map(PeerProtocol.init)
      case 3: transports = try Self.values(&reader).map(PeerTransport.init)
      case 4: ports = try Self.ports(&reader)
      default: leastTLSVersion = UInt8(truncatingIfNeeded: try reader.uint32())
      }
    }
  }

  private static func values(_ reader: inout CBORReader) throws(CBORError) -> [UInt32] {
    guard reader.kind == .array else { return [try reader.uint32()] }
    var values: [UInt32] = []
    for _ in 0..<(try reader.array()) { values.append(try reader.uint32()) }
    return values
  }

  private static func ports(_ reader: inout CBORReader) throws(CBORError) -> [ClosedRange<UInt16>] {
    guard reader.kind == .array else { return [try port(&reader)] }
    var ports: [ClosedRange<UInt16>] = []
    for _ in 0..<(try reader.array()) { ports.append(try port(&reader)) }
    return ports
  }

  /// A port or a range of them.
  private static func port(_ reader: inout CBORReader) throws(CBORError) -> ClosedRange<UInt16> {
    let isRange = reader.kind == .array
    if isRange { _ = try reader.array() }
    let first = UInt16(truncatingIfNeeded: try reader.uint32())
    return first...(isRange ? UInt16(truncatingIfNeeded: try reader.uint32()) : first)
  }
}
