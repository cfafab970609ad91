/// Where a driver's reads and writes go: to the hardware on a board, to a recorder in a test.
///
/// Drivers are generic over it, so that a test on the host sees the exact sequence of accesses that the hardware
/// would see. On a board the compiler removes the indirection.
public protocol RegisterBus {
  /// Reads the 32-bit register at `address`. Reading may have side effects in the peripheral.
  func read(_ address: UInt32) -> UInt32
  /// Writes the 32-bit register at `address`.
  func write(_ value: UInt32, to address: UInt32)
}

extension RegisterBus {
  /// Spins until the register at `address` has one of the bits of `mask` set.
  public func wait(for mask: UInt32, at address: UInt32) {
    while read(address) & mask == 0 {}
  }
}
