import SwiftASN1

/// A question for certificates' status (RFC 6960 §4.1), read strictly as far as an answer depends on it.
///
/// A signature on it and a requestor's name are read over: whoever asks is answered.
public struct OCSPRequest: Sendable, Equatable {
  /// What is asked about, 1 to ``PKILimits/ocspRequests``.
  public let certificates: [OCSPCertificateID]
  /// The nonce that the answer has to repeat.
  public let nonce: [UInt8]?

  /// A question about certificates.
  public init(certificates: [OCSPCertificateID], nonce: [UInt8]? = nil) {
    self.certificates = certificates
    self.nonce = nonce
  }

  /// Reads a request.
  ///
  /// - Throws: ``OCSPFailure/malformedRequest``.
  public init(_ bytes: [UInt8]) throws(OCSPFailure) {
    guard bytes.count <= PKILimits.ocspRequestBytes else { throw .malformedRequest }
    do {
      self = try DER.parse(bytes).inside(.sequence, "the OCSP request") { nodes in
        let request = try nodes.inside(.sequence, "the request") { try OCSPRequest(derEncoded: &$0) }
        _ = nodes.optional(.context(0))
        return request
      }
    } catch {
      throw .malformedRequest
    }
  }

  private init(derEncoded nodes: inout ASN1NodeCollection.Iterator) throws {
    if let version = nodes.optional(.context(0)) {
      try version.inside(.context(0), "the version") { nodes in
        guard try Int(derEncoded: &nodes) == 0 else { throw ShapeError("the version is not 1") }
      }
    }
    _ = nodes.optional(.context(1))
    certificates = try nodes.inside(.sequence, "the requests") { nodes in
      var certificates: [OCSPCertificateID] = []
      while let node = nodes.next() {
        guard certificates.count < PKILimits.ocspRequests else { throw ShapeError("too many requests") }
        try node.inside(.sequence, "a request") { nodes in
          certificates.append(try OCSPCertificateID(derEncoded: nodes.required("the certificate")))
          if let extensions = nodes.optional(.context(0)) { _ = try Self.nonce(in: extensions) }
        }
      }
      guard !certificates.isEmpty else { throw ShapeError("nothing is asked") }
      return certificates
    }
    nonce = try nodes.optional(.context(2)).flatMap(Self.nonce)
  }

  /// The nonce among a request's extensions; one that is critical and unknown makes the request unanswerable.
  private static func nonce(in node: ASN1Node) throws -> [UInt8]? {
    var nonce: [UInt8]?
    try node.inside(node.identifier, "the extensions") { nodes in
      try nodes.inside(.sequence, "the extensions") { nodes in
        while let node = nodes.next() {
          try node.inside(.sequence, "an extension") { nodes in
            let identifier = try ASN1ObjectIdentifier(derEncoded: &nodes)
            let isCritical = try nodes.optional(.boolean).map { try Bool(derEncoded: $0) } ?? false
            let value = try ASN1OctetString(derEncoded: &nodes).bytes
            guard identifier == OID.ocspNonce else {
              guard !isCritical else { throw ShapeError("an unknown extension is critical") }
              return
            }
            guard nonce == nil else { throw ShapeError("the nonce is there twice") }
            nonce = Array(try ASN1OctetString(derEncoded: DER.parse(value)).bytes)
            guard (1...PKILimits.ocspNonceBytes).contains(nonce?.count ?? 0) else { throw ShapeError("the nonce") }
          }
        }
      }
    }
    return nonce
  }

  /// The request in DER, unsigned.
  public var derBytes: [UInt8] {
    get throws {
      try PKI.derBytes { coder in
        try coder.sequence { coder in
          try coder.sequence { coder in
            try coder.sequence { requests in
              for certificate in certificates { requests.sequence { $0.serializeRawBytes(certificate.derBytes) } }
            }
            if let nonce {
              try coder.appendConstructedNode(identifier: .context(2)) { coder in
                try coder.sequence { try $0.certificateExtension(OID.ocspNonce) { try $0.octets(nonce) } }
              }
            }
          }
        }
      }
    }
  }
}
