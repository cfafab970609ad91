import COSE
import DeviceCrypto
import DeviceKit
import SerialLink

/// A Muster device on a board: its line, the link on it, the device behind that, and the loop that joins them.
///
/// `messageBytes` is the length of each of the link's two message buffers, and so of the longest CoAP message.
public struct Firmware<B: Board, let messageBytes: Int>: ~Copyable {
  private var board: B
  private var link: Link<messageBytes>
  private var device: Device<PSACryptography, FlashRegion<B.Memory>>

  /// Puts the device together on a board that is running.
  ///
  /// - Parameters:
  ///   - model: the product line.
  ///   - signingMilliseconds: how long one signature takes on this board, at most.
  public init(board: consuming B, model: StaticString, signingMilliseconds: UInt16) {
    // What cannot be cleared harms nobody who does not open the chip; without its device it would be of no use.
    var keys = KeyStorage(flash: StorageLayout.keys(in: board.memory))
    try? keys.clearRemains()
    var crypto = Self.cryptography(board)
    let description = DeviceDescription(
      serialNumber: Self.serialNumber(of: board), model: model, firmwareVersion: firmwareVersion,
      maxMessageBytes: UInt16(messageBytes), signingMilliseconds: signingMilliseconds)
    // A fragment of any size goes straight into the message buffer: the largest costs nothing.
    link = Link(
      configuration: LinkConfiguration(maxPayloadBytes: 240), bootEpoch: randomWord(&crypto), now: board.now())
    device = Device(description: description, crypto: crypto, flash: StorageLayout.journal(in: board.memory))
    self.board = board
  }

  /// Runs the device for ever.
  public mutating func run() -> Never {
    do throws(DeviceError) {
      try device.start(now: board.now())
    } catch {
      Self.restart(board)
    }
    while true {
      board.feedWatchdog()
      receive()
      take(link.advance(now: board.now()))
      speak()
      transmit()
      board.sleep(milliseconds: millisecondsToNextDeadline())
    }
  }

  /// Gives the link what came over the line.
  @inline(never)
  private mutating func receive() {
    while let byte = board.nextByte() {
      take(link.receive(byte, now: board.now()))
    }
  }

  private mutating func take(_ event: LinkEvent) {
    if event == .up { device.linkDidComeUp(now: board.now()) }
  }

  /// Answers a message that has come, else sends a request that is due.
  private mutating func speak() {
    guard link.isReady() else { return }
    let now = board.now()
    if link.hasReceived() {
      let work = Self.expectedWork(for: &link, by: &device)
      if work > 0 {
        link.announceBusy(milliseconds: work)
        transmit()
      }
      Self.answer(on: &link, by: &device, now: now)
    } else if let deadline = device.nextDeadline(), deadline <= now {
      Self.request(on: &link, by: &device, now: now)
    }
  }

  /// Puts on the line what the link has for it, a few bytes at a time: what comes meanwhile must not overflow the ring.
  private mutating func transmit() {
    var bytes = InlineArray<32, UInt8>(repeating: 0)
    while true {
      var span = bytes.mutableSpan
      let count = link.transmit(into: &span, now: board.now())
      guard count > 0 else { return }
      for index in 0..<count { board.send(bytes[index]) }
      receive()
    }
  }

  // Static, because a closure in a mutating method would need all of `self` while the link is being changed.

  private static func expectedWork(
    for link: inout Link<messageBytes>, by device: inout Device<PSACryptography, FlashRegion<B.Memory>>
  ) -> UInt16 {
    link.withMutableReceivedMessage { message in device.open(&message) }
  }

  private static func answer(
    on link: inout Link<messageBytes>, by device: inout Device<PSACryptography, FlashRegion<B.Memory>>, now: UInt64
  ) {
    // It cannot fail: the link can send. The reply's buffer is as long as the peer says its longest message is, and so
    // the device has to do with any.
    try? link.answer(now: now) { message, reply in device.handle(&message, reply: &reply, now: now) }
  }

  private static func request(
    on link: inout Link<messageBytes>, by device: inout Device<PSACryptography, FlashRegion<B.Memory>>, now: UInt64
  ) {
    try? link.send(now: now) { request in device.nextRequest(into: &request, now: now) }
  }

  private mutating func millisecondsToNextDeadline() -> UInt32 {
    let canSpeak = link.isReady()
    // A message may have come while another was on its way out.
    if canSpeak, link.hasReceived() { return 0 }
    let never = UInt64.max
    let deadline = min(link.nextDeadline() ?? never, canSpeak ? device.nextDeadline() ?? never : never)
    let now = board.now()
    guard deadline > now else { return 0 }
    return UInt32(truncatingIfNeeded: min(deadline - now, 60_000))
  }

  private static func serialNumber(of board: borrowing B) -> DeviceSerialNumber {
    if let number = FactoryPage(board.memory).serialNumber { return number }
    if let number = board.chipSerialNumber { return number }
    restart(board)
  }

  private static func cryptography(_ board: borrowing B) -> PSACryptography {
    do throws(CryptoError) {
      return try PSACryptography()
    } catch {
      restart(board)
    }
  }

  /// What is left when flash or cryptography fails at the start. Not at once: each start may wear flash.
  private static func restart(_ board: borrowing B) -> Never {
    board.feedWatchdog()
    board.sleep(milliseconds: 10_000)
    board.restart()
  }
}

// Reading a large value's property copies the value to the stack first (Swift 6.3): a link of 2.4 KB. A mutating method
// works in place.

extension Link {
  fileprivate mutating func nextDeadline() -> UInt64? { deadline }
  fileprivate mutating func isReady() -> Bool { canSend }
  fileprivate mutating func hasReceived() -> Bool { !receivedMessage.isEmpty }
}

extension Device where Crypto: ~Copyable, Storage: ~Copyable {
  fileprivate mutating func nextDeadline() -> UInt64? { deadline }
}
