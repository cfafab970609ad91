public import NIOSSL
import SwiftASN1
import X509

#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif
#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Who the gateway is to its manager: its private key, its certificate with chain, and the anchors it trusts.
public struct GatewayIdentity: Sendable {
  /// The gateway's name: the common name of its certificate, in lower case, as Uri-Host has it (RFC 7252 §6.4).
  public let name: String
  /// When its certificate expires.
  public let notAfter: Date
  /// When its certificate began.
  public let notBefore: Date

  /// Where its files are, and what they looked like when they were read; nil when it was not read from files.
  let files: IdentityFiles?
  let chain: [NIOSSLCertificate]
  let key: NIOSSLPrivateKey
  let anchors: [NIOSSLCertificate]

  /// The file of the private key, mode 0600, in the gateway's directory.
  public static let keyFile = "gateway.key"
  /// The file of the certificate and its intermediates, leaf first.
  public static let certificateFile = "gateway.pem"
  /// The file of the trust anchors for the manager's certificate.
  public static let anchorFile = "ca.pem"

  /// Whether two thirds of its certificate's life are over: then it is to be renewed.
  public func isRenewalDue(at now: Date) -> Bool {
    now >= notBefore.addingTimeInterval(notAfter.timeIntervalSince(notBefore) * 2 / 3)
  }

  /// Reads what `muster gateway enrol` wrote.
  /// - Throws: `badIdentity`, naming the file.
  public init(directory: String) throws(GatewayError) {
    let files = IdentityFiles(directory: directory)  // before they are read: a change meanwhile is seen later
    let keyPath = "\(directory)/\(Self.keyFile)"
    try Self.checkPrivate(keyPath)
    let key = try Self.reading(keyPath) { try NIOSSLPrivateKey(file: $0, format: .pem) }
    let chain = try Self.reading("\(directory)/\(Self.certificateFile)", NIOSSLCertificate.fromPEMFile)
    let anchors = try Self.reading("\(directory)/\(Self.anchorFile)", NIOSSLCertificate.fromPEMFile)
    try self.init(chain: chain, key: key, anchors: anchors, files: files)
  }

  /// - Parameters:
  ///   - chain: the gateway's certificate, then its intermediates; not empty.
  ///   - anchors: what the manager's certificate must lead to; not empty, for an empty list must never mean 'anyone'.
  /// - Throws: `badIdentity`.
  public init(chain: [NIOSSLCertificate], key: NIOSSLPrivateKey, anchors: [NIOSSLCertificate]) throws(GatewayError) {
    try self.init(chain: chain, key: key, anchors: anchors, files: nil)
  }

  private init(
    chain: [NIOSSLCertificate], key: NIOSSLPrivateKey, anchors: [NIOSSLCertificate], files: IdentityFiles?
  ) throws(GatewayError) {
    guard !anchors.isEmpty else {
      throw Self.bad("No trust anchor is in \(Self.anchorFile).")
    }
    guard let leaf = chain.first.flatMap(Self.parsed), let name = Self.commonName(of: leaf) else {
      throw Self.bad("The certificate in \(Self.certificateFile) names no gateway.")
    }
    self.name = name.lowercased()
    self.notAfter = leaf.notValidAfter
    self.notBefore = leaf.notValidBefore
    self.files = files
    self.chain = chain
    self.key = key
    self.anchors = anchors
  }

  private static func parsed(_ certificate: NIOSSLCertificate) -> Certificate? {
    try? Certificate(derEncoded: certificate.toDERBytes())
  }

  private static func commonName(of certificate: Certificate) -> String? {
    let names = certificate.subject.flatMap { $0 }.filter { $0.type == .RDNAttributeType.commonName }
    return names.last.flatMap { String($0.value) }
  }

  private static func reading<Value>(_ path: String, _ read: (String) throws -> Value) throws(GatewayError) -> Value {
    do {
      return try read(path)
    } catch {
      throw bad("\(path) cannot be used: \(access(path, R_OK) == 0 ? "\(error)" : String(cString: strerror(errno))).")
    }
  }

  // A key that others can read is no longer the gateway's alone: better to stop than to prove something with it.
  private static func checkPrivate(_ path: String) throws(GatewayError) {
    guard let attributes = try? FileManager.default.attributesOfItem(atPath: ResolvedPath.of(path)) else { return }
    if let mode = attributes[.posixPermissions] as? Int, mode & 0o077 == 0 { return }
    throw GatewayError(
      .badIdentity, "\(path) can be read by others.",
      advice: "Enrol the gateway anew; chmod 600 is enough only if nobody else could reach the file.")
  }

  private static func bad(_ reason: String) -> GatewayError {
    GatewayError(.badIdentity, reason, advice: "Run `muster gateway enrol NAME --dir DIR` first.")
  }
}
