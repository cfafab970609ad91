import COSE

/// What the manager reads of a device's `/status` (docs/spec/device.md).
struct DeviceStatus: Equatable {
  /// The epoch of the trust descriptor the device believes.
  let trustEpoch: UInt32

  /// Nil when it is no such map.
  init?(_ payload: [UInt8]) {
    var epoch: UInt32?
    do {
      var reader = try CBORReader(payload.span)
      for _ in 0..<(try reader.map()) {
        if try reader.uint() == 7 { epoch = try reader.uint32() } else { try reader.skip() }
      }
      guard reader.isAtEnd else { return nil }
    } catch {
      return nil
    }
    guard let epoch else { return nil }
    trustEpoch = epoch
  }
}
