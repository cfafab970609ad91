import CPKCS11
import Crypto

extension TokenKey {
  /// Makes a key pair inside a token: the private half is sensitive and not extractable, and for signatures only.
  ///
  /// - Throws: ``PKIError``: `fileExists` when the token has a private key of this name, `conflict` when the URI gives it no label,
  ///   or what opening a session throws.
  static func make(_ uri: TokenURI) throws(PKIError) {
    guard let label = uri.object else {
      throw PKIError(.conflict, "A key that is made needs a name: 'object=' in its URI.")
    }
    let module = try TokenModule.at(uri.modulePath)
    try module.calling { start throws(PKIError) in
      let session = try TokenSession(uri, in: module, start: start, writing: true)
      defer { session.close() }
      let exists: Bool
      do throws(TokenFault) {
        exists = try !session.objects(.privateKey(uri)).isEmpty
        if !exists { try generate(label: Array(label.utf8), id: uri.id ?? randomBytes(16), in: session) }
      } catch {
        throw error.error(.tokenGone, token: uri.tokenName)
      }
      guard !exists else {
        throw PKIError(.fileExists, "The token \(uri.tokenName) has a key \(label) already, which is not overwritten.")
      }
    }
  }

  private static func generate(label: [UInt8], id: [UInt8], in session: TokenSession) throws(TokenFault) {
    var common = TokenAttributes()
    common.add(CKA_TOKEN, true)
    common.add(CKA_LABEL, label)
    common.add(CKA_ID, id)
    var publicHalf = common
    publicHalf.add(CKA_EC_PARAMS, curve)
    publicHalf.add(CKA_VERIFY, true)
    var privateHalf = common
    privateHalf.add(CKA_PRIVATE, true)
    privateHalf.add(CKA_SENSITIVE, true)
    privateHalf.add(CKA_EXTRACTABLE, false)
    privateHalf.add(CKA_SIGN, true)
    privateHalf.add(CKA_DERIVE, false)
    var mechanism = CK_MECHANISM(mechanism: CKM_EC_KEY_PAIR_GEN, pParameter: nil, ulParameterLen: 0)
    var (publicKey, privateKey): (CK_OBJECT_HANDLE, CK_OBJECT_HANDLE) = (0, 0)
    let answer = publicHalf.withTemplate { publicHalf, publicCount in
      privateHalf.withTemplate { privateHalf, privateCount in
        session.module.functions.C_GenerateKeyPair(
          session.handle, &mechanism, publicHalf, publicCount, privateHalf, privateCount, &publicKey, &privateKey)
      }
    }
    try session.module.check("make a key", answer)
  }

  /// Signs `bytes` with ECDSA over their SHA-256.
  ///
  /// - Returns: an ECDSA-Sig-Value in DER.
  func signDER(_ bytes: [UInt8]) throws -> [UInt8] {
    let signature = try P256.Signing.ECDSASignature(rawRepresentation: sign(digest: bytes.sha256))
    return Array(signature.derRepresentation)
  }
}
