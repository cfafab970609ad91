/// What the device tells others about the certificate it holds; all empty when it holds none.
struct LeafFacts {
  private var serialNumberBytes = InlineArray<20, UInt8>(repeating: 0)
  private var serialNumberCount = 0
  /// SHA-256 of the certificate's DER.
  var digest = InlineArray<32, UInt8>(repeating: 0)
  /// Seconds since 1970.
  private(set) var notBefore: UInt64 = 0
  private(set) var notAfter: UInt64 = 0

  /// The serial number's magnitude, without a leading zero octet.
  var serialNumber: Span<UInt8> {
    @_lifetime(borrow self)
    get { serialNumberBytes.span.extracting(0..<serialNumberCount) }
  }

  /// Nothing yet.
  init() {}

  /// Takes the facts from a certificate, but for its digest.
  mutating func read(_ certificate: inout Certificate, in bytes: Span<UInt8>) {
    notBefore = certificate.notBefore
    notAfter = certificate.notAfter
    for index in certificate.serialNumber {
      serialNumberBytes[serialNumberCount] = bytes[index]
      serialNumberCount += 1
    }
  }
}
