import Crypto
import Durability
import Foundation
import PKI
import X509

/// How far the audit trail goes at a moment, signed with the registration authority's key: as a file beside the database, to be
/// copied to where the database's writer cannot come.
///
/// What is signed is the link (see `RecordChain`) from the start of "muster manager audit checkpoint 1" over network, number, date in
/// milliseconds, and the entry's link in hexadecimal, with ECDSA and SHA-256.
struct AuditCheckpoint: Sendable, Equatable, Codable {
  /// The network whose manager signed.
  var network: String
  /// The newest entry's number.
  var number: Int64
  /// When it was signed, in milliseconds since 1970.
  var at: Int64
  /// The newest entry's link, in hexadecimal.
  var link: String
  /// ECDSA-Sig-Value in DER, in hexadecimal.
  var signature: String
  /// The signer's certificate and its issuers', in PEM.
  var signer: String

  /// - Throws: what the token says when the key is in one and does not sign.
  init(
    _ position: AuditPosition, network: String, at now: Date, signer: RegistrationAuthorityIdentity.Signer
  ) async throws {
    self.network = network
    number = position.number
    at = now.storedMilliseconds
    link = position.link.hexadecimal
    signature = ""
    self.signer = try ([signer.certificate] + signer.issuers).map { try $0.pem }.joined()
    let signed = signedBytes
    signature = try await signer.key.signing { try signer.key.sign(signed) }.hexadecimal
  }

  /// The one in a file.
  ///
  /// - Throws: ``ManagerError``: `notFound`, `unreadableFile`.
  init(file: String) throws(ManagerError) {
    guard FileManager.default.fileExists(atPath: file) else {
      throw ManagerError(
        .notFound, "There is no signed checkpoint in \(file).",
        remedy: "A manager that the CA has enrolled writes one each minute and at its end.")
    }
    guard let bytes = FileManager.default.contents(atPath: file), bytes.count <= Self.maxBytes,
      let checkpoint = try? JSONDecoder().decode(Self.self, from: bytes)
    else { throw ManagerError(.unreadableFile, "\(file) is not a checkpoint of an audit trail.") }
    self = checkpoint
  }

  /// Far more than a checkpoint with four certificates takes.
  private static let maxBytes = 65_536

  /// Its entry's place; nil when the link is none.
  var position: AuditPosition? {
    [UInt8](hexadecimal: link).map { AuditPosition(number: number, link: $0) }
  }

  /// What a file holds.
  var json: [UInt8] {
    get throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
      return Array(try encoder.encode(self)) + Array("\n".utf8)
    }
  }

  /// Whether a registration authority of one of these anchors signed this.
  func isSigned(under anchors: [Certificate]) async -> Bool {
    guard let certificates = Certificate.certificates(pem: signer), let leaf = certificates.first,
      let key = P256.Signing.PublicKey(leaf.publicKey), let signature = [UInt8](hexadecimal: signature),
      let parsed = try? P256.Signing.ECDSASignature(derRepresentation: signature),
      key.isValidSignature(parsed, for: signedBytes)
    else { return false }
    let path = CertificatePath(anchors: anchors, purpose: CertificateProfile.registrationAuthority.usages.first)
    return
      (try? await path.validate(
        leaf, intermediates: Array(certificates.dropFirst()), now: Date(storedMilliseconds: at))) != nil
  }

  private var signedBytes: [UInt8] {
    RecordChain.link(
      RecordChain.start("muster manager audit checkpoint 1"), [network, String(number), String(at), link])
  }
}
