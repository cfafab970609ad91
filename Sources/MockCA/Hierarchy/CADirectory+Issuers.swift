import Foundation
import GRDB
import PKI
import X509

extension CADirectory {
  /// Makes another issuing CA under the anchor, whose key must be here.
  ///
  /// Nothing is signed by it before `ca.yaml` names it and the CA is started again; the one before keeps its CRL and OCSP.
  ///
  /// - Parameters:
  ///   - name: part of its subject.
  ///   - uri: of the key in a PKCS#11 token; nil for a file.
  /// - Returns: its number.
  func addIssuer(name: String, keyIn uri: String?, now: Date) throws -> Int {
    try Self.check(name: name)
    let settings = try readSettings()
    guard let anchor = try Certificate.readPEM(anchorFile).first else { throw damaged([anchorFile]) }
    guard let anchorKey = anchorKey() else {
      throw MockCAError(
        .anchorOffline, "The anchor's key is not here, so it cannot make an issuing CA.",
        remedy: "Put anchor.key back into the directory for as long as it takes.")
    }
    let database = try openDatabase()
    defer { try? database.close() }
    // A number is given once: OCSP, lists and certificates of one that was taken away stand under it. A key without a
    // certificate is what a power cut left of an attempt; it may be in a token, and is nobody's to remove.
    let last = try database.pool.read { try $0.lastIssuer() }
    let number = max(last, try issuerNumbers().max() ?? 1, try issuerKeyNumbers().max() ?? 1) + 1
    let key = try Self.makeKey(keyFile(ofIssuer: number), in: uri)
    let issuing = try AuthorityCertificate.issuing(
      name: DistinguishedName { CommonName("TEST \(name) \(randomBytes(3).hexadecimal)") }, publicKey: key.publicKey,
      anchor: anchor, anchorKey: anchorKey, notBefore: now - Authority.backdating, lifetime: Self.issuingLifetime,
      pointers: settings.pointers(of: 0))
    try database.pool.write { try $0.addAuthority(issuing, number: number, issuedAt: now) }
    // Its certificate is what makes it one: before that there is a key that nobody uses.
    try DurableFile.create(certificateFile(ofIssuer: number), bytes: Array(issuing.pem.utf8))
    return number
  }
}
