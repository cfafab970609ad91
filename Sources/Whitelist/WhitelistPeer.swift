/// A peer as its certificate names it, in the caller's bytes.
///
/// The certificate's path has been validated, it is in its validity, and the peer has proved its key in the handshake: a
/// list decides nothing about those who have not.
public struct WhitelistPeer: ~Escapable {
  let issuerName: Span<UInt8>
  let issuerKey: Span<UInt8>
  let serialNumber: Span<UInt8>
  let key: Span<UInt8>
  let wasAdmitted: Bool

  /// - Parameters:
  ///   - issuerName: SHA-256 of the issuer's name in DER, as it stands in the certificate, 32 bytes.
  ///   - issuerKey: the thumbprint of the key that signed the certificate (RFC 9679), 32 bytes.
  ///   - serialNumber: without a leading zero byte.
  ///   - key: the thumbprint of the peer's key, 32 bytes.
  ///   - wasAdmitted: whether this list admitted it while it was fresh.
  @_lifetime(copy issuerName, copy issuerKey, copy serialNumber, copy key)
  public init(
    issuerName: Span<UInt8>, issuerKey: Span<UInt8>, serialNumber: Span<UInt8>, key: Span<UInt8>, wasAdmitted: Bool
  ) {
    self.issuerName = issuerName
    self.issuerKey = issuerKey
    self.serialNumber = serialNumber
    self.key = key
    self.wasAdmitted = wasAdmitted
  }
}
