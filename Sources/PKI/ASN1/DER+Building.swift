import SwiftASN1

extension ASN1Identifier {
  /// The context-specific tag [number].
  static func context(_ number: UInt) -> ASN1Identifier {
    ASN1Identifier(tagWithNumber: number, tagClass: .contextSpecific)
  }
}

extension DER.Serializer {
  mutating func sequence(_ body: (inout DER.Serializer) throws -> Void) rethrows {
    try appendConstructedNode(identifier: .sequence, body)
  }

  mutating func set(_ body: (inout DER.Serializer) throws -> Void) rethrows {
    try appendConstructedNode(identifier: .set, body)
  }

  /// An AlgorithmIdentifier without parameters, as RFC 5754 §2 and RFC 5758 §3.2 want those of this module.
  mutating func algorithm(_ identifier: ASN1ObjectIdentifier) throws {
    try sequence { try $0.serialize(identifier) }
  }

  mutating func octets(_ bytes: some Sequence<UInt8>) throws {
    try serialize(ASN1OctetString(contentBytes: ArraySlice(Array(bytes))))
  }
}

/// The DER that `body` writes.
func derBytes(_ body: (inout DER.Serializer) throws -> Void) rethrows -> [UInt8] {
  var serializer = DER.Serializer()
  try body(&serializer)
  return serializer.serializedBytes
}

extension DERSerializable {
  /// This value as DER.
  func derBytes() throws -> [UInt8] {
    var serializer = DER.Serializer()
    try serializer.serialize(self)
    return serializer.serializedBytes
  }
}

extension DER.Serializer {
  /// An Extension (RFC 5280 §4.1); `value` writes what its OCTET STRING contains.
  mutating func certificateExtension(
    _ identifier: ASN1ObjectIdentifier, isCritical: Bool = false, _ value: (inout DER.Serializer) throws -> Void
  ) throws {
    let value = try derBytes(value)
    try sequence { coder in
      try coder.serialize(identifier)
      if isCritical { try coder.serialize(true) }
      try coder.octets(value)
    }
  }

  /// An ENUMERATED of the small, positive kind that RFC 5280 and RFC 6960 have.
  mutating func enumerated(_ value: UInt8, tag: ASN1Identifier = .enumerated) {
    appendPrimitiveNode(identifier: tag) { $0.append(value) }
  }
}

/// A tag and length in front of so many bytes, for content too long to be copied through a serializer.
func derHeader(_ tag: UInt8, count: Int) -> [UInt8] {
  guard count >= 0x80 else { return [tag, UInt8(count)] }
  let length = withUnsafeBytes(of: count.bigEndian) { Array($0.drop { $0 == 0 }) }
  return [tag, 0x80 | UInt8(length.count)] + length
}

/// A node around parts that are encoded. Large ones are not moved for their length's sake, as a serializer would.
func derNode(_ tag: UInt8, _ parts: [UInt8]...) -> [UInt8] {
  let count = parts.reduce(0) { $0 + $1.count }
  var bytes = derHeader(tag, count: count)
  bytes.reserveCapacity(bytes.count + count)
  for part in parts { bytes += part }
  return bytes
}
