import Crypto
public import Foundation
import SwiftASN1
public import X509

/// A CRL that somebody else made (RFC 5280 §5): read strictly, and believed only when ``verify(issuer:now:)`` says so.
///
/// Full lists of one issuer's own certificates are read. A delta list says too little by itself, and an indirect one names
/// certificates of others; both say so by a critical extension, and a critical extension that is not known is a refusal.
public struct RevocationList: Sendable {
  /// One revoked certificate.
  public struct Entry: Sendable, Equatable {
    /// Big-endian, without the zero that DER puts in front of a first byte from 0x80 on: as swift-certificates has it too.
    public let serialNumber: [UInt8]
    /// When it was revoked.
    public let date: Date
    /// Why; nil for a reason that certificates here cannot have, such as a hold.
    public let reason: RevocationReason?
  }

  /// The issuer's name, DER.
  public let issuer: [UInt8]
  /// When it was made.
  public let thisUpdate: Date
  /// By when there is another.
  public let nextUpdate: Date
  /// The list's number (RFC 5280 §5.2.3): at most 20 bytes, big-endian, without zeros in front.
  public let number: [UInt8]
  /// What is revoked.
  public let entries: [Entry]

  private let signed: [UInt8]
  private let signature: [UInt8]

  /// The longest list that is looked at, in bytes: some 400,000 entries.
  public static let longestBytes = 16 * 1024 * 1024

  /// Reads a list.
  ///
  /// - Parameter bytes: a CertificateList in DER.
  /// - Throws: ``RevocationListFault``.
  public init(_ bytes: [UInt8]) throws(RevocationListFault) {
    guard bytes.count <= Self.longestBytes else { throw .malformed }
    do {
      self = try DER.parse(bytes).inside(.sequence, "the list") { nodes in
        let tbs = try nodes.required("the TBSCertList")
        try nodes.algorithm(OID.ecdsaWithSHA256, allowNull: false, "the signature algorithm")
        let bits = try ASN1BitString(derEncoded: &nodes)
        guard bits.paddingBits == 0 else { throw ShapeError("the signature has unused bits") }
        return try RevocationList(tbs: tbs, signature: Array(bits.bytes))
      }
    } catch let fault as RevocationListFault {
      throw fault
    } catch {
      throw .malformed
    }
  }

  private init(tbs: ASN1Node, signature: [UInt8]) throws {
    signed = Array(tbs.encodedBytes)
    self.signature = signature
    (issuer, thisUpdate, nextUpdate, entries, number) = try tbs.inside(.sequence, "the TBSCertList") { nodes in
      guard try Int(derEncoded: &nodes) == 1 else { throw ShapeError("the version is not 2") }
      try nodes.algorithm(OID.ecdsaWithSHA256, allowNull: false, "the inner algorithm")
      let issuer = Array(try nodes.required("the issuer").encodedBytes)
      let thisUpdate = try Date(time: nodes.required("thisUpdate"))
      let nextUpdate = try Date(time: nodes.required("nextUpdate"))
      let entries = try nodes.optional(.sequence).map(Self.entries) ?? []
      let number = try Self.number(in: nodes.required("the extensions"))
      return (issuer, thisUpdate, nextUpdate, entries, number)
    }
  }

  /// Checks that the list is this issuer's, and of now.
  ///
  /// - Parameters:
  ///   - issuer: a CA that is trusted already, with the right to sign lists.
  ///   - now: the reader's clock; five minutes are allowed for that of the issuer.
  /// - Throws: ``RevocationListFault``.
  public func verify(issuer: Certificate, now: Date) throws(RevocationListFault) {
    guard let name = try? issuer.subject.derBytes(), name == self.issuer else { throw .issuerWrong }
    guard let usage = try? issuer.extensions.keyUsage, usage.cRLSign else { throw .issuerMayNot }
    guard let key = P256.Signing.PublicKey(issuer.publicKey), key.verifies(signature, of: signed) else {
      throw .signatureWrong
    }
    guard thisUpdate <= now.addingTimeInterval(300) else { throw .notYetValid }
    guard now < nextUpdate else { throw .stale }
  }

  private static func entries(_ node: ASN1Node) throws -> [Entry] {
    var entries: [Entry] = []
    try node.inside(.sequence, "the entries") { nodes in
      while let node = nodes.next() {
        entries.append(
          try node.inside(.sequence, "an entry") { nodes in
            let serialNumber = Array(try ArraySlice<UInt8>(derEncoded: &nodes))
            let date = try Date(time: nodes.required("the date"))
            let reason = try nodes.optional(.sequence).map(Self.reason) ?? .unspecified
            return Entry(serialNumber: serialNumber, date: date, reason: reason)
          })
      }
    }
    return entries
  }

  private static func reason(_ node: ASN1Node) throws -> RevocationReason? {
    var reason: RevocationReason? = .unspecified
    try eachExtension(in: node) { identifier, isCritical, value in
      guard identifier == OID.reasonCode else {
        guard !isCritical else { throw RevocationListFault.extensionUnknown }
        return
      }
      let node = try DER.parse(value)
      guard node.identifier == .enumerated, case .primitive(let code) = node.content, code.count == 1 else {
        throw ShapeError("the reason")
      }
      reason = code.first.flatMap(RevocationReason.init)
    }
    return reason
  }

  private static func number(in node: ASN1Node) throws -> [UInt8] {
    var number: [UInt8]?
    try node.inside(.context(0), "the extensions") { nodes in
      try eachExtension(in: nodes.required("the extensions")) { identifier, isCritical, value in
        switch identifier {
        case OID.crlNumber:
          let bytes = Array(try ArraySlice<UInt8>(derEncoded: DER.parse(value)))
          guard (1...20).contains(bytes.count), bytes[0] < 0x80 || bytes.count == 20 else {
            throw ShapeError("the number")
          }
          number = Array(bytes.drop { $0 == 0 })
        case OID.deltaCRLIndicator: throw RevocationListFault.deltaList
        default: guard !isCritical else { throw RevocationListFault.extensionUnknown }
        }
      }
    }
    guard let number else { throw RevocationListFault.numberMissing }
    return number
  }

  private static func eachExtension(
    in node: ASN1Node, _ body: (ASN1ObjectIdentifier, _ isCritical: Bool, ArraySlice<UInt8>) throws -> Void
  ) throws {
    var seen: Set<ASN1ObjectIdentifier> = []
    try node.inside(.sequence, "the extensions") { nodes in
      while let node = nodes.next() {
        try node.inside(.sequence, "an extension") { nodes in
          let identifier = try ASN1ObjectIdentifier(derEncoded: &nodes)
          guard seen.insert(identifier).inserted else { throw ShapeError("an extension is there twice") }
          let isCritical = try nodes.optional(.boolean).map { try Bool(derEncoded: $0) } ?? false
          try body(identifier, isCritical, try ASN1OctetString(derEncoded: &nodes).bytes)
        }
      }
    }
  }
}

extension RevocationList {
  /// Whether a list's number is below another's; both big-endian without zeros in front.
  public static func isBelow(_ number: [UInt8], _ other: [UInt8]) -> Bool {
    number.count == other.count ? number.lexicographicallyPrecedes(other) : number.count < other.count
  }
}
