import Crypto
import Foundation
import SwiftASN1
import X509

extension SignedData {
  /// Reads a ContentInfo strictly.
  ///
  /// - Throws: `messageTooLong`, `messageMalformed`, or `digestMismatch` when the content is not what the attributes say.
  init(_ bytes: [UInt8]) throws(CMCFault) {
    guard bytes.count <= PKILimits.cmcMessageBytes else { throw .messageTooLong }
    let parts: Parts
    do { parts = try Parts(bytes) } catch { throw .messageMalformed }
    guard let signer = parts.signer, let attributes = parts.attributes else { throw .messageMalformed }
    guard attributes.contentType == parts.contentType else { throw .messageMalformed }
    guard attributes.digest == Array(SHA256.hash(data: parts.content)) else { throw .digestMismatch }
    self.init(
      contentType: parts.contentType, content: parts.content, certificates: parts.certificates, signer: signer,
      signingTime: attributes.signingTime, signedAttributes: parts.signedAttributes, signature: parts.signature)
  }

  private struct Parts {
    var contentType: [UInt8] = []
    var content: [UInt8] = []
    var certificates: [[UInt8]] = []
    var signer: SignerIdentifier?
    var attributes: Attributes?
    var signedAttributes: [UInt8] = []
    var signature: [UInt8] = []

    init(_ bytes: [UInt8]) throws {
      try DER.parse(bytes).inside(.sequence, "the ContentInfo") { nodes in
        guard try ASN1ObjectIdentifier(derEncoded: &nodes) == OID.signedData else { throw ShapeError("not SignedData") }
        try nodes.inside(.context(0), "the content") { nodes in
          try nodes.inside(.sequence, "the SignedData") { try readSignedData(&$0) }
        }
      }
    }

    private mutating func readSignedData(_ nodes: inout ASN1NodeCollection.Iterator) throws {
      guard try Int(derEncoded: &nodes) == 3 else { throw ShapeError("the version is not 3") }
      // Receivers must take SHA-256 with absent and with NULL parameters (RFC 5754 §2).
      try nodes.inside(.set, "the digest algorithms") {
        try $0.algorithm(OID.sha256, allowNull: true, "the digest algorithm")
      }
      try nodes.inside(.sequence, "the encapsulated content") { nodes in
        contentType = Array(try nodes.required("the content type").encodedBytes)
        content = try nodes.inside(.context(0), "the content") { Array(try ASN1OctetString(derEncoded: &$0).bytes) }
      }
      try nodes.inside(.context(0), "the certificates") { nodes in
        while let node = nodes.next() { certificates.append(Array(node.encodedBytes)) }
      }
      // No CRLs: the next thing is the set of exactly one SignerInfo.
      try nodes.inside(.set, "the signers") { nodes in
        try nodes.inside(.sequence, "the signer") { try readSigner(&$0) }
      }
    }

    private mutating func readSigner(_ nodes: inout ASN1NodeCollection.Iterator) throws {
      guard try Int(derEncoded: &nodes) == 1 else { throw ShapeError("the signer's version is not 1") }
      signer = try SignerIdentifier(derEncoded: &nodes)
      try nodes.algorithm(OID.sha256, allowNull: true, "the signer's digest algorithm")
      let node = try nodes.required("the signed attributes")
      attributes = try Attributes(node)
      signedAttributes = Array(node.encodedBytes)
      // The signature is over a SET OF. Only 0xA0 may become its tag: any other first byte would be replaced unseen.
      guard signedAttributes.first == 0xA0 else { throw ShapeError("the signed attributes are not [0]") }
      signedAttributes[0] = 0x31
      try nodes.algorithm(OID.ecdsaWithSHA256, allowNull: false, "the signature algorithm")
      signature = Array(try ASN1OctetString(derEncoded: &nodes).bytes)
    }
  }

  /// The three signed attributes, each exactly once and in DER's order.
  private struct Attributes {
    var contentType: [UInt8] = []
    var digest: [UInt8] = []
    var signingTime = Date.distantPast

    init(_ node: ASN1Node) throws {
      var found: Set<ASN1ObjectIdentifier> = []
      try node.inside(.context(0), "the signed attributes") { nodes in
        var previous: ArraySlice<UInt8> = []
        while let attribute = nodes.next() {
          guard previous.lexicographicallyPrecedes(attribute.encodedBytes) else { throw ShapeError("not in order") }
          previous = attribute.encodedBytes
          try attribute.inside(.sequence, "an attribute") { nodes in
            let type = try ASN1ObjectIdentifier(derEncoded: &nodes)
            guard found.insert(type).inserted else { throw ShapeError("an attribute is there twice") }
            try nodes.inside(.set, "the attribute's values") { try readValue(of: type, &$0) }
          }
        }
      }
      guard found.count == 3 else { throw ShapeError("a signed attribute is missing") }
    }

    private mutating func readValue(
      of type: ASN1ObjectIdentifier, _ nodes: inout ASN1NodeCollection.Iterator
    ) throws {
      switch type {
      case OID.contentType: contentType = Array(try nodes.required("the content type").encodedBytes)
      case OID.messageDigest: digest = Array(try ASN1OctetString(derEncoded: &nodes).bytes)
      case OID.signingTime: signingTime = try Date(time: nodes.required("the signing time"))
      default: throw ShapeError("a signed attribute is not allowed")
      }
    }
  }
}
