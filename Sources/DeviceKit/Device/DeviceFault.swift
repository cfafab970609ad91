import COSE

/// Why the device could not do what it was asked: whose fault it is decides the answer.
enum DeviceFault: Error {
  /// The certificate's, so its sender's.
  case refused(CertificateRefusal)
  /// The device's flash.
  case flash(FlashError)
  /// The device's cryptography, or its source of entropy.
  case crypto(CryptoError)
}

extension Certificate {
  /// Reads a certificate from the front of a buffer.
  static func read(_ buffer: Span<UInt8>, _ count: Int) throws(DeviceFault) -> Certificate {
    do {
      return try Certificate(buffer.extracting(0..<count))
    } catch {
      throw .refused(error)
    }
  }
}
