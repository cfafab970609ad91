import CPKCS11
import Crypto
import Synchronization

/// A P-256 private key that stays in a PKCS#11 token: a security module, a card, SoftHSM2.
///
/// A token that was pulled out and put back is taken up again, with one try for each signature; until then signatures fail with
/// ``PKIError`` `tokenGone`, which is worth trying again. Signing waits for the token, so servers do it away from event loops.
final class TokenKey: Sendable {
  /// The most sessions that are kept open for signatures at once.
  private static let maxIdleSessions = 8

  private struct Signer {
    let session: TokenSession
    let key: CK_OBJECT_HANDLE
  }

  /// Where the key is.
  let uri: TokenURI
  /// The public half.
  let publicKey: P256.Signing.PublicKey
  private let module: TokenModule
  /// Sessions between two signatures. One at least is open at any time: a token logs out with its last one.
  private let idle: Mutex<[Signer]>

  /// Takes up the key that a URI names.
  ///
  /// - Throws: ``PKIError``: `tokenModule`, `tokenGone` (no such token now), `tokenPIN`, `tokenKey` (none or several of that
  ///   name, not for P-256 signatures, without public half) or `tokenKeyExtractable` (the token would give it away).
  init(_ uri: TokenURI) throws(PKIError) {
    let module = try TokenModule.at(uri.modulePath)
    let (signer, publicKey) = try module.calling { start throws(PKIError) in try Self.open(uri, module, start) }
    self.uri = uri
    self.module = module
    self.publicKey = publicKey
    idle = Mutex([signer])
  }

  deinit {
    let (module, signers) = (module, idle.withLock { $0 })
    module.calling { start in
      for signer in signers where signer.session.start == start { signer.session.close() }
    }
  }

  /// Signs a SHA-256 digest with ECDSA.
  ///
  /// - Returns: r and s, 32 bytes each.
  /// - Throws: ``PKIError``: `tokenGone` when the token is not there (try again), `tokenPIN`, `tokenKey` when there is another key now.
  func sign(digest: [UInt8]) throws(PKIError) -> [UInt8] {
    do throws(PKIError) {
      return try module.calling { start throws(PKIError) in try sign(digest, start) }
    } catch {
      guard error.code == .tokenGone, module.restart() else { throw error }
      return try module.calling { start throws(PKIError) in try sign(digest, start) }
    }
  }

  private func sign(_ digest: [UInt8], _ start: Int) throws(PKIError) -> [UInt8] {
    let signer = try idleSigner(start)
    do throws(TokenFault) {
      let signature = try sign(digest, by: signer)
      giveBack(signer)
      return signature
    } catch {
      signer.session.close()
      guard error.isLostSession else { throw error.error(.tokenGone, token: uri.tokenName) }
    }
    // Once more, from the beginning: the token may have been put back, or have lost its sessions.
    forgetIdle(start)
    let again = try newSigner(start)
    do throws(TokenFault) {
      let signature = try sign(digest, by: again)
      giveBack(again)
      return signature
    } catch {
      again.session.close()
      throw error.error(.tokenGone, token: uri.tokenName)
    }
  }

  private func sign(_ digest: [UInt8], by signer: Signer) throws(TokenFault) -> [UInt8] {
    let (functions, session) = (module.functions, signer.session.handle)
    var mechanism = CK_MECHANISM(mechanism: CKM_ECDSA, pParameter: nil, ulParameterLen: 0)
    try module.check("sign", functions.C_SignInit(session, &mechanism, signer.key))
    var digest = digest
    var signature = [UInt8](repeating: 0, count: 64)
    var count = CK_ULONG(signature.count)
    try module.check("sign", functions.C_Sign(session, &digest, CK_ULONG(digest.count), &signature, &count))
    guard count == 64 else { throw TokenFault(task: "sign with P-256", answer: CKR_SIGNATURE_LEN_RANGE) }
    return signature
  }

  private func idleSigner(_ start: Int) throws(PKIError) -> Signer {
    let signer = idle.withLock { idle in
      idle.removeAll { $0.session.start != start }
      return idle.popLast()
    }
    return if let signer { signer } else { try newSigner(start) }
  }

  private func newSigner(_ start: Int) throws(PKIError) -> Signer {
    let (signer, found) = try Self.open(uri, module, start)
    guard found.rawRepresentation == publicKey.rawRepresentation else {
      signer.session.close()
      throw PKIError(
        .tokenKey, "The token \(uri.tokenName) has another key under this name now; start again if that is meant to be."
      )
    }
    return signer
  }

  private func giveBack(_ signer: Signer) {
    let isKept = idle.withLock { idle in
      guard idle.count < Self.maxIdleSessions else { return false }
      idle.append(signer)
      return true
    }
    if !isKept { signer.session.close() }
  }

  private func forgetIdle(_ start: Int) {
    let forgotten = idle.withLock { idle in
      defer { idle = [] }
      return idle
    }
    for signer in forgotten where signer.session.start == start { signer.session.close() }
  }
}

extension TokenKey {
  private static func open(
    _ uri: TokenURI, _ module: TokenModule, _ start: Int
  ) throws(PKIError) -> (Signer, P256.Signing.PublicKey) {
    let session = try TokenSession(uri, in: module, start: start)
    do throws(PKIError) {
      let (key, publicKey) = try find(uri, in: session)
      return (Signer(session: session, key: key), publicKey)
    } catch {
      session.close()
      throw error
    }
  }

  private static func find(
    _ uri: TokenURI, in session: TokenSession
  ) throws(PKIError) -> (CK_OBJECT_HANDLE, P256.Signing.PublicKey) {
    let outcome: Result<(CK_OBJECT_HANDLE, P256.Signing.PublicKey), PKIError>
    do throws(TokenFault) {
      outcome = try look(for: uri, in: session)
    } catch {
      throw error.error(.tokenGone, token: uri.tokenName)
    }
    return try outcome.get()
  }

  private static func look(
    for uri: TokenURI, in session: TokenSession
  ) throws(TokenFault) -> Result<(CK_OBJECT_HANDLE, P256.Signing.PublicKey), PKIError> {
    func refusal(_ code: PKIError.Code, _ what: String) -> Result<(CK_OBJECT_HANDLE, P256.Signing.PublicKey), PKIError>
    {
      .failure(PKIError(code, "The token \(uri.tokenName) \(what)"))
    }
    let keys = try session.objects(.privateKey(uri))
    guard let key = keys.first else { return refusal(.tokenKey, "has no key for elliptic curves of this name.") }
    guard keys.count == 1 else {
      return refusal(.tokenKey, "has several keys of this name: tell them apart by 'id='.")
    }
    // What is not said counts as the worse answer.
    guard try session.flag(CKA_EXTRACTABLE, of: key) == false, try session.flag(CKA_SENSITIVE, of: key) == true else {
      return refusal(.tokenKeyExtractable, "would give this key away (CKA_EXTRACTABLE): make one there that it keeps.")
    }
    guard try session.flag(CKA_SIGN, of: key) == true else {
      return refusal(.tokenKey, "does not sign with this key (CKA_SIGN).")
    }
    guard let publicKey = try publicKey(of: key, in: session) else {
      return refusal(.tokenKey, "has no public key of P-256 with this key's CKA_ID: put it there.")
    }
    return .success((key, publicKey))
  }

  /// The public half: the public key object with the same identifier.
  private static func publicKey(
    of key: CK_OBJECT_HANDLE, in session: TokenSession
  ) throws(TokenFault) -> P256.Signing.PublicKey? {
    guard let id = try session.value(CKA_ID, of: key), !id.isEmpty else { return nil }
    var wanted = TokenAttributes()
    wanted.add(CKA_CLASS, CKO_PUBLIC_KEY)
    wanted.add(CKA_ID, id)
    for object in try session.objects(wanted) {
      guard let point = try session.value(CKA_EC_POINT, of: object),
        let curve = try session.value(CKA_EC_PARAMS, of: object),
        curve == Self.curve
      else { continue }
      // An OCTET STRING around the point, which some modules leave out.
      let bytes = point.count == 67 ? Array(point.dropFirst(2)) : point
      if let key = try? P256.Signing.PublicKey(x963Representation: bytes) { return key }
    }
    return nil
  }

  /// prime256v1 as an object identifier in DER (RFC 5480 §2.1.1.1).
  static let curve: [UInt8] = [0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07]
}
