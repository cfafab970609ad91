/// What a board says about itself: what it is, and what it is able to.
public struct DeviceDescription: Sendable {
  /// Its name for life.
  public var serialNumber: DeviceSerialNumber
  /// The product line, at most 64 bytes.
  public var model: StaticString
  /// The firmware's version, at most 32 bytes.
  public var firmwareVersion: StaticString
  /// Longest CoAP message the link takes and carries, in bytes; at least 512. Buffers given to ``Device`` are as long.
  public var maxMessageBytes: UInt16
  /// How long one P-256 signature takes on this board, in milliseconds: what the device announces before slow work.
  public var signingMilliseconds: UInt16

  /// Describes a board.
  public init(
    serialNumber: DeviceSerialNumber, model: StaticString, firmwareVersion: StaticString, maxMessageBytes: UInt16,
    signingMilliseconds: UInt16
  ) {
    self.serialNumber = serialNumber
    self.model = model
    self.firmwareVersion = firmwareVersion
    self.maxMessageBytes = maxMessageBytes
    self.signingMilliseconds = signingMilliseconds
  }
}
