import Crypto
public import Foundation
import SwiftASN1
// The one way to validate for a given moment once and for all dates; the public spelling of it is deprecated.
@_spi(FixedExpiryValidationTime) public import X509

/// Why a certificate's path was refused.
public enum CertificatePathFault: String, Error, Equatable, CaseIterable, Sendable {
  /// No path of valid signatures, names and dates leads to an anchor.
  case pathNotTrusted = "path-not-trusted"
  /// The end of the path is not a version 3 certificate of an end entity with a P-256 key that signs.
  case notAnEndEntity = "not-an-end-entity"
  /// The extended key usage does not allow this purpose.
  case purposeNotAllowed = "purpose-not-allowed"
}

/// Validates end-entity certificates up to anchors: RFC 5280 by swift-certificates, and on top what its policies let pass.
public struct CertificatePath: Sendable {
  /// Where a path must end.
  public let anchors: [Certificate]
  /// The extended key usage the end entity must have; nil when any will do.
  public let purpose: ExtendedKeyUsage.Usage?

  /// A validation; without anchors it refuses everything.
  public init(anchors: [Certificate], purpose: ExtendedKeyUsage.Usage?) {
    self.anchors = anchors
    self.purpose = purpose
  }

  /// Validates one certificate.
  ///
  /// - Parameters:
  ///   - certificate: the end entity.
  ///   - intermediates: certificates that may be its issuers, in any order; none of them is trusted.
  ///   - now: the moment at which all must be valid.
  /// - Returns: the path from the certificate to the last intermediate, without the anchor.
  public func validate(
    _ certificate: Certificate, intermediates: [Certificate], now: Date
  ) async throws(CertificatePathFault) -> [Certificate] {
    guard Self.isEndEntity(certificate) else { throw .notAnEndEntity }
    if let purpose {
      guard let usages = try? certificate.extensions.extendedKeyUsage, usages.contains(purpose) else {
        throw .purposeNotAllowed
      }
    }
    var verifier = Verifier(rootCertificates: CertificateStore(anchors)) {
      RFC5280Policy(fixedExpiryValidationTime: now)
      StrictSignaturePolicy()
    }
    switch await verifier.validate(leaf: certificate, intermediates: CertificateStore(intermediates)) {
    case .validCertificate(let chain):
      guard allowsPurpose(chain.dropFirst().dropLast()) else { throw .purposeNotAllowed }
      return Array(chain.dropLast())
    case .couldNotValidate: throw .pathNotTrusted
    }
  }

  /// Whether every CA on the way may certify for this purpose: one that has an extendedKeyUsage is kept to it, as OpenSSL and the
  /// web's clients have it. A delegated sub-CA is under the same anchor as everything else, and must not certify for that.
  private func allowsPurpose(_ authorities: some Sequence<Certificate>) -> Bool {
    guard let purpose else { return true }
    return authorities.allSatisfy { authority in
      guard let usages = try? authority.extensions.extendedKeyUsage else {
        return authority.extensions[oid: .X509ExtensionID.extendedKeyUsage] == nil
      }
      return usages.contains(purpose)
    }
  }

  /// What the library's policies do not ask of a leaf: version 3, a positive serial, CA:FALSE said aloud, digitalSignature and no
  /// right to sign certificates.
  private static func isEndEntity(_ certificate: Certificate) -> Bool {
    let serial = certificate.serialNumber.bytes
    guard certificate.version == .v3, (1...20).contains(serial.count), serial.first.map({ $0 < 0x80 }) == true,
      serial.contains(where: { $0 != 0 }), P256.Signing.PublicKey(certificate.publicKey) != nil,
      let constraints = try? certificate.extensions.basicConstraints, constraints == .notCertificateAuthority,
      let usage = try? certificate.extensions.keyUsage
    else { return false }
    return usage.digitalSignature && !usage.keyCertSign && !usage.cRLSign
  }
}

/// What the library lets pass in a signature: on every certificate but the anchor, whose signature nobody relies on, the algorithm
/// is ECDSA with SHA-256, and the bytes admit no second spelling of the same certificate.
private struct StrictSignaturePolicy: VerifierPolicy {
  let verifyingCriticalExtensions: [ASN1ObjectIdentifier] = []

  func chainMeetsPolicyRequirements(chain: UnverifiedCertificateChain) -> PolicyEvaluationResult {
    chain.dropLast().allSatisfy(Self.isStrict)
      ? .meetsPolicy : .failsToMeetPolicy(reason: "a signature is not ECDSA with SHA-256 in whole bytes")
  }

  /// The signature's BIT STRING could claim unused bits at its end, and still verify: the same certificate with another hash.
  private static func isStrict(_ certificate: Certificate) -> Bool {
    guard certificate.signatureAlgorithm == .ecdsaWithSHA256,
      let bits = try? DER.parse(certificate.derBytes()).inside(
        .sequence, "the certificate",
        { nodes in
          _ = try nodes.required("the TBSCertificate")
          try nodes.algorithm(OID.ecdsaWithSHA256, allowNull: false, "the signature algorithm")
          return try ASN1BitString(derEncoded: &nodes)
        })
    else { return false }
    return bits.paddingBits == 0
  }
}
