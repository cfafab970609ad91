import SwiftASN1
public import X509

/// Whose signature a CMS message says it carries: issuer name and serial number (RFC 5652 §10.2.4).
///
/// It is a claim, good for looking up a certificate; only the signature proves it.
public struct SignerIdentifier: Hashable, Sendable {
  /// The issuer's name in DER.
  public let issuer: [UInt8]
  /// The certificate's serial number, as DER has it.
  public let serialNumber: [UInt8]

  /// The identifier of a certificate.
  public init(_ certificate: Certificate) throws {
    issuer = try certificate.issuer.derBytes()
    serialNumber = Array(certificate.serialNumber.bytes)
  }

  init(derEncoded nodes: inout ASN1NodeCollection.Iterator) throws {
    (issuer, serialNumber) = try nodes.inside(.sequence, "the signer identifier") { nodes in
      (
        Array(try nodes.required("the signer's issuer").encodedBytes),
        Array(try ArraySlice<UInt8>(derEncoded: &nodes))
      )
    }
  }

  func serialize(into coder: inout DER.Serializer) throws {
    try coder.sequence { coder in
      coder.serializeRawBytes(issuer)
      try coder.serialize(serialNumber[...])
    }
  }
}
