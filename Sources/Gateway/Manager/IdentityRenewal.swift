import Crypto
import SwiftASN1
import X509

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Renews the certificate in a gateway's directory, for the key that is there: makes the request, and puts the answer in the
/// certificate's place in one step. Until then the old one serves, here and at the manager.
struct IdentityRenewal {
  let identity: GatewayIdentity
  private let directory: String
  private let key: P256.Signing.PrivateKey

  /// - Throws: `badIdentity` when there is no key that signs.
  init(_ identity: GatewayIdentity) throws(GatewayError) {
    guard let directory = identity.files?.directory else {
      throw GatewayError(
        .badIdentity, "The gateway's certificate is not in a directory.", advice: "Run it with --dir.")
    }
    let path = "\(directory)/\(GatewayIdentity.keyFile)"
    do {
      key = try P256.Signing.PrivateKey(pemRepresentation: String(contentsOfFile: path, encoding: .utf8))
    } catch {
      throw GatewayError(.badIdentity, "\(path) cannot sign a request.", advice: "Enrol the gateway anew.")
    }
    self.identity = identity
    self.directory = directory
  }

  /// The PKCS#10 in DER.
  func request() throws -> [UInt8] {
    let request = try CertificateSigningRequest(
      version: .v1, subject: DistinguishedName { CommonName(identity.name) }, privateKey: .init(key),
      attributes: .init(), signatureAlgorithm: .ecdsaWithSHA256)
    var serializer = DER.Serializer()
    try serializer.serialize(request)
    return serializer.serializedBytes
  }

  /// Stores what the manager answered, once it is known to be for this gateway, this key and no shorter time.
  ///
  /// - Parameter bytes: certificates one behind the other in DER, the gateway's first.
  /// - Throws: `managerUnavailable` for an answer that does not fit, `cannotWrite`.
  func store(_ bytes: [UInt8]) throws(GatewayError) {
    let chain: [Certificate]
    do {
      chain = try Self.split(bytes).map { try Certificate(derEncoded: $0) }
    } catch {
      throw Self.unfit("it is no list of certificates")
    }
    guard let leaf = chain.first else { throw Self.unfit("it is empty") }
    guard leaf.publicKey == Certificate.PublicKey(key.publicKey) else { throw Self.unfit("it is for another key") }
    guard String(describing: leaf.subject).lowercased().contains("cn=\(identity.name)") else {
      throw Self.unfit("it is for another name")
    }
    guard leaf.notValidAfter >= identity.notAfter else { throw Self.unfit("it ends before the one in use") }
    do {
      let pem = try chain.map { try $0.serializeAsPEM().pemString + "\n" }.joined()
      try Self.replace("\(directory)/\(GatewayIdentity.certificateFile)", Array(pem.utf8))
    } catch let error as GatewayError {
      throw error
    } catch {
      throw Self.unfit("it cannot be written as PEM")
    }
  }

  private static func unfit(_ reason: String) -> GatewayError {
    GatewayError(
      .managerUnavailable, "The manager's new certificate is not taken: \(reason).", advice: "See the manager's log.")
  }

  /// Each certificate is a SEQUENCE whose length is in its second byte and those that it counts.
  private static func split(_ bytes: [UInt8]) throws -> [[UInt8]] {
    var rest = bytes[...]
    var parts: [[UInt8]] = []
    while !rest.isEmpty {
      guard rest.count >= 4, rest[rest.startIndex] == 0x30, rest[rest.startIndex + 1] == 0x82, parts.count < 4 else {
        throw unfit("it is no list of certificates")
      }
      let count = 4 + Int(rest[rest.startIndex + 2]) << 8 + Int(rest[rest.startIndex + 3])
      guard rest.count >= count else { throw unfit("it is cut off") }
      parts.append(Array(rest.prefix(count)))
      rest = rest.dropFirst(count)
    }
    return parts
  }

  /// Wholly there or not at all, also after a power cut: the gateway's only certificate is in this file.
  private static func replace(_ path: String, _ bytes: [UInt8]) throws(GatewayError) {
    let temporary = "\(path).new"
    func fail() -> GatewayError {
      GatewayError(
        .cannotWrite, "Cannot write \(path): \(String(cString: strerror(errno))).",
        advice: "The directory must be writable for the gateway.")
    }
    unlink(temporary)
    let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw fail() }
    let isWritten = bytes.withUnsafeBytes { write(file, $0.baseAddress, $0.count) == $0.count } && fsync(file) == 0
    close(file)
    guard isWritten, rename(temporary, path) == 0 else {
      let error = fail()
      unlink(temporary)
      throw error
    }
    let folder = open(String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.endIndex)), O_RDONLY | O_CLOEXEC)
    if folder >= 0 {
      fsync(folder)
      close(folder)
    }
  }
}
