import COSE

/// What the device tells others about the certificate it holds.
struct LeafFacts {
  private var serialNumberBytes = InlineArray<20, UInt8>(repeating: 0)
  private var serialNumberCount = 0
  /// SHA-256 of the certificate's DER.
  private(set) var digest = InlineArray<32, UInt8>(repeating: 0)
  /// Seconds since 1970.
  private(set) var notBefore: UInt64
  private(set) var notAfter: UInt64

  /// The serial number's magnitude, without a leading zero octet.
  var serialNumber: Span<UInt8> {
    @_lifetime(borrow self)
    get { serialNumberBytes.span.extracting(0..<serialNumberCount) }
  }

  /// Reads the leaf of the certificates in force from flash.
  init<Crypto: Cryptography & ~Copyable, Storage: Flash & ~Copyable>(
    _ journal: borrowing Journal<Storage>, crypto: borrowing Crypto, scratch: inout MutableSpan<UInt8>
  ) throws(DeviceFault) {
    let offset = journal.certificatesOffset
    let list = try journal.certificateList(at: offset, count: journal.record.certificatesBytes)
    let count = try journal.loadCertificate(at: offset + list.lowerBound, limit: list.count, into: &scratch)
    let certificate = try Certificate.read(scratch.span, count)
    notBefore = certificate.notBefore
    notAfter = certificate.notAfter
    for index in certificate.serialNumber {
      serialNumberBytes[serialNumberCount] = scratch[index]
      serialNumberCount += 1
    }
    try crypto.hash(scratch.span.extracting(0..<count), into: &digest)
  }
}
