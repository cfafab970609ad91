import CBoard

/// The hardware: every access happens, once, in program order.
public struct MemoryMappedIO: RegisterBus {
  public init() {}

  @inline(__always)
  public func read(_ address: UInt32) -> UInt32 { board_read(address) }

  @inline(__always)
  public func write(_ value: UInt32, to address: UInt32) { board_write(address, value) }
}
