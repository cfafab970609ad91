/// A run of pages that holds one payload so that a power cut leaves it whole or not there at all.
///
/// Header, commit word and payload stand in this order, but are written in another: payload, header, and the commit
/// word last. Until the commit word stands, the slot is not there. See docs/spec/device.md, 'Slots'.
struct Slot {
  /// The first page of the slot.
  var firstPage: Int
  /// Pages of the slot.
  var pages: Int

  /// Where the payload begins; a multiple of every possible write unit.
  static let payloadOffset = 48
  private static let commitOffset = SlotHeader.bytes
  private static let commitWord: UInt32 = 0x454E_4F44  // "DONE"

  /// Payload bytes that fit.
  func capacity<Storage: Flash & ~Copyable>(in flash: borrowing Storage) -> Int {
    pages * flash.pageBytes - Self.payloadOffset
  }

  /// Where in the region the payload begins.
  func payload<Storage: Flash & ~Copyable>(in flash: borrowing Storage) -> Int {
    firstPage * flash.pageBytes + Self.payloadOffset
  }

  /// Reads the header of a committed slot.
  ///
  /// Reads the payload too: a slot whose payload decayed is not there.
  /// - Returns: Whether there is one.
  func read<Storage: Flash & ~Copyable>(
    _ header: inout SlotHeader, in flash: borrowing Storage
  ) throws(FlashError) -> Bool {
    var bytes = InlineArray<36, UInt8>(repeating: 0)
    var span = bytes.mutableSpan
    try flash.read(at: firstPage * flash.pageBytes, into: &span)
    guard bytes.span.littleEndian(at: Self.commitOffset) == Self.commitWord, header.read(bytes.span),
      header.count <= UInt32(capacity(in: flash))
    else { return false }
    return try flash.checksum(at: payload(in: flash), count: Int(header.count)) == header.checksum
  }

  /// Makes the slot blank, and so not there.
  @inline(never)
  func clear<Storage: Flash & ~Copyable>(in flash: inout Storage) throws(FlashError) {
    try flash.clear(pages: firstPage..<(firstPage + pages))
  }

  /// Commits a payload that has been written to the cleared slot.
  ///
  /// - Parameter header: Its sequence is newer than that of every other slot with its uid; the checksum is put in here.
  func commit<Storage: Flash & ~Copyable>(
    _ header: inout SlotHeader, in flash: inout Storage
  ) throws(FlashError) {
    let start = firstPage * flash.pageBytes
    header.checksum = try flash.checksum(at: payload(in: flash), count: Int(header.count))
    var bytes = InlineArray<32, UInt8>(repeating: 0)
    var span = bytes.mutableSpan
    header.write(to: &span)
    try flash.write(span.span, at: start)
    span.store(littleEndian: Self.commitWord, at: 0)
    try flash.write(span.span.extracting(0..<4), at: start + Self.commitOffset)
  }
}
