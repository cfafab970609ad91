import SwiftASN1

/// The controls of a CMC message that Muster knows (RFC 5272 §6), each at most once.
struct ControlSequence {
  var transaction: TransactionID?
  var senderNonce: [UInt8]?
  var recipientNonce: [UInt8]?
  var status: CMCStatusInfo?
  var revocation: RevokeRequest?
  /// The identifier of the revocation's control, as it was read.
  var revocationBodyPart: UInt32 = 0

  init(
    transaction: TransactionID? = nil, senderNonce: [UInt8]? = nil, recipientNonce: [UInt8]? = nil,
    status: CMCStatusInfo? = nil, revocation: RevokeRequest? = nil
  ) {
    self.transaction = transaction
    self.senderNonce = senderNonce
    self.recipientNonce = recipientNonce
    self.status = status
    self.revocation = revocation
  }

  /// Reads the controls; `bodyPartIDs` collects their identifiers, of which a message may have none twice (RFC 5272 §3.2.2).
  init(derEncoded nodes: inout ASN1NodeCollection.Iterator, bodyPartIDs: inout Set<UInt32>) throws {
    try nodes.inside(.sequence, "the controls") { nodes in
      while let control = nodes.next() {
        try control.inside(.sequence, "a control") { nodes in
          let bodyPart = try UInt32(derEncoded: &nodes)
          try bodyPartIDs.insertNew(bodyPart)
          let type = try ASN1ObjectIdentifier(derEncoded: &nodes)
          if type == OID.revokeRequest { revocationBodyPart = bodyPart }
          try nodes.inside(.set, "the control's values") { try readValue(of: type, &$0) }
        }
      }
    }
  }

  private mutating func readValue(of type: ASN1ObjectIdentifier, _ nodes: inout ASN1NodeCollection.Iterator) throws {
    switch type {
    case OID.transactionID where transaction == nil:
      transaction = TransactionID(bytes: Array(try ArraySlice<UInt8>(derEncoded: &nodes)))
      guard transaction != nil else { throw CMCFault.controlsNotAllowed }
    case OID.senderNonce where senderNonce == nil: senderNonce = try Self.nonce(&nodes)
    case OID.recipientNonce where recipientNonce == nil: recipientNonce = try Self.nonce(&nodes)
    case OID.statusInfoV2 where status == nil: status = try CMCStatusInfo(derEncoded: &nodes)
    case OID.revokeRequest where revocation == nil: revocation = try RevokeRequest(derEncoded: &nodes)
    default: throw CMCFault.controlsNotAllowed
    }
  }

  /// A nonce that can be one: 8 to 64 bytes.
  private static func nonce(_ nodes: inout ASN1NodeCollection.Iterator) throws -> [UInt8] {
    let bytes = Array(try ASN1OctetString(derEncoded: &nodes).bytes)
    guard (8...PKILimits.nonceBytes).contains(bytes.count) else { throw CMCFault.controlsNotAllowed }
    return bytes
  }

  /// Writes the controls with body part identifiers from 1 on.
  ///
  /// - Returns: the next free identifier.
  func serialize(into coder: inout DER.Serializer) throws -> UInt32 {
    var next: UInt32 = 1
    func control(
      _ type: ASN1ObjectIdentifier, _ coder: inout DER.Serializer, _ value: (inout DER.Serializer) throws -> Void
    ) throws {
      try coder.sequence { coder in
        try coder.serialize(next)
        try coder.serialize(type)
        try coder.set(value)
      }
      next += 1
    }
    try coder.sequence { coder in
      if let status { try control(OID.statusInfoV2, &coder) { try status.serialize(into: &$0) } }
      if let transaction { try control(OID.transactionID, &coder) { try $0.serialize(transaction.bytes[...]) } }
      if let senderNonce { try control(OID.senderNonce, &coder) { try $0.octets(senderNonce) } }
      if let recipientNonce { try control(OID.recipientNonce, &coder) { try $0.octets(recipientNonce) } }
      if let revocation { try control(OID.revokeRequest, &coder) { try revocation.serialize(into: &$0) } }
    }
    return next
  }
}

extension Set<UInt32> {
  mutating func insertNew(_ identifier: UInt32) throws {
    guard insert(identifier).inserted else { throw ShapeError("a body part identifier is there twice") }
  }
}
