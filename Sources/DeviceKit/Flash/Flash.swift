/// NOR flash as a board offers it: the only storage DeviceKit knows.
///
/// Erasing sets every bit of a page; programming only clears bits. Blank flash reads 0xFF after an erase, but may
/// read anything before the first one (QEMU's micro:bit starts with zeros), so nothing here trusts a page it has not
/// erased or read. Offsets count bytes from the start of the region a driver was given, never from the start of the
/// chip.
///
/// Power may fail within any ``erase(page:)`` or ``program(at:_:)``; a driver need not finish or undo it at the next
/// start.
public protocol Flash: ~Copyable {
  /// Bytes in one erasable page; a multiple of 64.
  var pageBytes: Int { get }

  /// Pages in the region.
  var pageCount: Int { get }

  /// Bytes that have to be programmed together and aligned: 1, 2, 4, 8 or 16.
  var writeBytes: Int { get }

  /// Reads bytes into the whole of a buffer, without any alignment.
  func read(at offset: Int, into bytes: inout MutableSpan<UInt8>) throws(FlashError)

  /// Sets all bits of one page, and returns when that is done.
  mutating func erase(page: Int) throws(FlashError)

  /// Clears the bits that are clear in `bytes`, and returns when that is done.
  ///
  /// - Parameters:
  ///   - offset: A multiple of ``writeBytes``.
  ///   - bytes: A multiple of ``writeBytes`` long. DeviceKit programs no unit twice between two erases.
  mutating func program(at offset: Int, _ bytes: Span<UInt8>) throws(FlashError)
}

/// Why flash did not do as it was told. All of these are the device's own faults, never a peer's.
public enum FlashError: UInt8, Error {
  /// An offset or page outside the region: the region is smaller than its user needs.
  case outOfRange = 1
  /// An offset or length that is no multiple of ``Flash/writeBytes``.
  case misaligned = 2
  /// The controller reported a failure.
  case failed = 3
  /// What was programmed reads back differently: a worn page, or one that was not erased.
  case notWritten = 4
}
