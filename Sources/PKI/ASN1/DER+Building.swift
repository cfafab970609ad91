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
