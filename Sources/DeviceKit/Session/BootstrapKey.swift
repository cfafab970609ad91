import COSE

/// The key a device is known by before it has a certificate: made at the first boot, for key agreement only, and never
/// seen outside the device's key storage. Its RFC 9679 thumbprint is on the label and in the factory list.
///
/// A reset keeps it, so that the label stays true when the device gets a new owner.
enum BootstrapKey {
  /// Outside the numbers of identity keys, which boot destroys unless the journal names them.
  static let id = KeyID(rawValue: 0x1000)
}

extension Device where Crypto: ~Copyable, Storage: ~Copyable {
  /// Makes the bootstrap key if there is none yet.
  ///
  /// Without entropy there is none, and the device is of no use until a restart finds some: `/id` and every handshake
  /// fail, and nothing is made up instead.
  mutating func makeBootstrapKey() throws(DeviceError) {
    do {
      guard try !crypto.hasKey(BootstrapKey.id) else { return }
      try crypto.generateAgreementKey(BootstrapKey.id)
    } catch {
      guard error == .noEntropy else { throw .crypto(error) }
      hasEntropy = false
    }
  }
}
