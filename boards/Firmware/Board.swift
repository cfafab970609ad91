public import DeviceKit
public import Registers

/// What the firmware needs of a board. One type per board, in its folder.
public protocol Board {
  /// The flash that holds the image's storage.
  associatedtype Memory: FlashMemory
  var memory: Memory { get }

  /// The serial number of a board whose factory page was never written: out of the chip's unique id where it has one.
  var chipSerialNumber: DeviceSerialNumber? { get }

  /// Milliseconds since boot. Must be called more often than the board's counter wraps.
  mutating func now() -> UInt64
  /// The next byte from the line, if one has come.
  mutating func nextByte() -> UInt8?
  /// Puts one byte on the line, waiting for room.
  func send(_ byte: UInt8)
  /// Sleeps until a byte has come or about `milliseconds` have passed, whichever is first.
  func sleep(milliseconds: UInt32)
  /// Tells the watchdog that the main loop is alive.
  func feedWatchdog()
  /// Restarts the board.
  func restart() -> Never
}
