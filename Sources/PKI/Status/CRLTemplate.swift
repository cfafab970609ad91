import Crypto
public import Foundation
import SwiftASN1
public import X509

/// Everything a CRL says but its entries (RFC 5280 §5): version 2, full or delta.
///
/// Entries come encoded and joined (``CRLEntry``). A list of 100,000 has 5 MB, of which nothing is encoded again when one more
/// is revoked: what remains is one SHA-256 over it and one signature. The same template and entries give the same
/// TBSCertList each time, so that a list is kept by its signature and made again when somebody fetches it.
public struct CRLTemplate: Sendable {
  /// The list's number; never given twice by one issuer.
  public let number: Int64
  /// Of a delta CRL, the number of the full one that it completes; nil of a full CRL.
  public let base: Int64?
  /// When it was made.
  public let thisUpdate: Date
  /// By when there will be another.
  public let nextUpdate: Date

  private let issuer: Certificate
  private let deltaURL: String?

  /// A template.
  ///
  /// - Parameters:
  ///   - issuer: who issued the certificates and signs the list.
  ///   - number: larger than that of every list before, of both kinds.
  ///   - base: of a delta CRL, the full one's number.
  ///   - thisUpdate: now.
  ///   - nextUpdate: by when there will be another.
  ///   - deltaURL: where a full CRL says that its delta CRLs are; nil for none, and for a delta CRL.
  public init(
    issuer: Certificate, number: Int64, base: Int64? = nil, thisUpdate: Date, nextUpdate: Date, deltaURL: String? = nil
  ) {
    self.issuer = issuer
    self.number = number
    self.base = base
    self.thisUpdate = thisUpdate
    self.nextUpdate = nextUpdate
    self.deltaURL = base == nil ? deltaURL : nil
  }

  /// Signs the list.
  ///
  /// - Parameters:
  ///   - entries: the entries in DER, joined.
  ///   - key: the issuer's key.
  /// - Returns: an ECDSA-Sig-Value in DER.
  public func signature(over entries: [UInt8], key: SigningKey) throws -> [UInt8] { try key.sign(tbs(entries)) }

  /// The whole list in DER.
  ///
  /// - Parameters:
  ///   - entries: the entries that were signed.
  ///   - signature: of ``signature(over:key:)``.
  public func list(entries: [UInt8], signature: [UInt8]) throws -> [UInt8] {
    try signedDER(tbs(entries), signature: signature)
  }

  /// Whether `signature` is the issuer's over this list.
  public func verifies(_ signature: [UInt8], entries: [UInt8]) -> Bool {
    guard let key = P256.Signing.PublicKey(issuer.publicKey), let tbs = try? tbs(entries) else { return false }
    return key.verifies(signature, of: tbs)
  }

  private func tbs(_ entries: [UInt8]) throws -> [UInt8] {
    let head = try derBytes { coder in
      try coder.serialize(1)
      try coder.algorithm(OID.ecdsaWithSHA256)
      try coder.serialize(issuer.subject)
      try thisUpdate.serializeTime(into: &coder)
      try nextUpdate.serializeTime(into: &coder)
    }
    // An empty list is left out (RFC 5280 §5.1.2.6).
    let listHead = entries.isEmpty ? [] : derHeader(0x30, count: entries.count)
    let tail = try extensions()
    let body = head.count + listHead.count + entries.count + tail.count
    var tbs = derHeader(0x30, count: body)
    tbs.reserveCapacity(tbs.count + body)
    for part in [head, listHead, entries, tail] { tbs += part }
    return tbs
  }

  private func extensions() throws -> [UInt8] {
    let keyIdentifier = try issuer.extensions.subjectKeyIdentifier?.keyIdentifier
    return try derBytes { coder in
      try coder.appendConstructedNode(identifier: .context(0)) { coder in
        try coder.sequence { extensions in
          let authority = try Certificate.Extension(
            AuthorityKeyIdentifier(keyIdentifier: keyIdentifier), critical: false)
          try extensions.certificateExtension(authority.oid) { $0.serializeRawBytes(authority.value) }
          try extensions.certificateExtension(OID.crlNumber) { try $0.serialize(number) }
          if let base {
            try extensions.certificateExtension(OID.deltaCRLIndicator, isCritical: true) { try $0.serialize(base) }
          }
          if let deltaURL {
            try extensions.certificateExtension(OID.freshestCRL) { try IssuerPointers.points(deltaURL, into: &$0) }
          }
        }
      }
    }
  }
}
