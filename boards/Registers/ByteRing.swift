/// Bytes that an interrupt handler received and the main loop has not taken yet.
///
/// One producer, one consumer. The consumer must keep the producer out while it takes (on a board: interrupts off).
public struct ByteRing<let capacity: Int> {
  private var bytes = InlineArray<capacity, UInt8>(repeating: 0)
  private var first: UInt16 = 0
  private var count: UInt16 = 0
  /// How many bytes came while the ring was full and were dropped. The link recovers them; the number tells that
  /// the ring is too small.
  public private(set) var droppedCount: UInt16 = 0

  public init() {}

  /// Appends a byte, or drops it when the ring is full.
  public mutating func put(_ byte: UInt8) {
    guard count < capacity else {
      droppedCount &+= 1
      return
    }
    var index = Int(first) + Int(count)
    if index >= capacity { index -= capacity }
    bytes[index] = byte
    count += 1
  }

  /// Takes the oldest byte, or `nil` when there is none.
  public mutating func take() -> UInt8? {
    guard count > 0 else { return nil }
    let byte = bytes[Int(first)]
    first = Int(first) + 1 == capacity ? 0 : first + 1
    count -= 1
    return byte
  }

  public var isEmpty: Bool { count == 0 }
}
