import COSE

/// Why a device could not start. These are the board's faults, never a peer's.
public enum DeviceError: Error, Equatable, Sendable {
  /// The flash region is too small, or failed.
  case flash(FlashError)
  /// The cryptography failed.
  case crypto(CryptoError)
}
