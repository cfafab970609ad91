/// Where a trust anchor stands in a descriptor: the name and the key that RFC 5280 §6.1.1(d) asks for, and no certificate.
public struct TrustAnchorPlace: Equatable, Sendable {
  /// The subject name, a DER Name as it stands in certificates that the anchor issues, to be compared byte by byte.
  public let name: Range<Int>
  /// x and y of its P-256 key, 64 bytes.
  public let publicKey: Range<Int>
}
