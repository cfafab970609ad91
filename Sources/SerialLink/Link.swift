/// One end of a serial line that carries whole messages, each exactly once or reported undelivered.
///
/// The link does no I/O and knows no clock: bytes and time go in, bytes and events come out, so the same machine runs on
/// a microcontroller, in the gateway and in a test. It holds one message in and one message out. `messageBytes` is the
/// length of each of the two buffers, up to 3,840 (16 fragments of 240 bytes).
///
/// A caller's loop: give every byte from the line to ``receive(_:now:)``, call ``advance(now:)`` when ``deadline`` has
/// come, and after either, after sending and after ``releaseReceived()`` call ``transmit(into:now:)`` until it returns
/// 0.
public struct Link<let messageBytes: Int>: ~Copyable {
  private var incoming: InlineArray<messageBytes, UInt8>
  private var outgoing: InlineArray<messageBytes, UInt8>
  private var machine: LinkMachine

  /// A link that is not up and wants to send its first HELLO.
  ///
  /// - Parameters:
  ///   - configuration: what this end offers.
  ///   - bootEpoch: 32 random bits, new at each start of the program: they tell this start from the one before. The link
  ///     works with a constant too, but then a frame replayed from before the start may pass for a new one.
  ///   - now: milliseconds since any fixed moment; must never go back.
  public init(configuration: LinkConfiguration, bootEpoch: UInt32, now: UInt64) {
    incoming = InlineArray(repeating: 0)
    outgoing = InlineArray(repeating: 0)
    machine = LinkMachine(configuration: configuration, capacity: messageBytes, bootEpoch: bootEpoch, now: now)
  }

  /// Takes one byte from the line.
  public mutating func receive(_ byte: UInt8, now: UInt64) -> LinkEvent {
    var message = incoming.mutableSpan
    return machine.receive(byte, into: &message, now: now)
  }

  /// Does what is due by now. Calling it early or often is harmless.
  public mutating func advance(now: UInt64) -> LinkEvent { machine.advance(now: now) }

  /// When ``advance(now:)`` wants to be called next, in the clock of `now`; nil when only the line can cause anything.
  public var deadline: UInt64? { machine.deadline }

  /// Fills the buffer with bytes for the line and returns how many; 0 when there is nothing to send.
  public mutating func transmit(into buffer: inout MutableSpan<UInt8>, now: UInt64) -> Int {
    machine.transmit(into: &buffer, message: outgoing.span, now: now)
  }

  /// Whether both ends have heard each other.
  public var isUp: Bool { machine.isUp }

  /// Whether ``send(_:now:)`` would take a message: the link is up and no outgoing message is outstanding.
  public var canSend: Bool { machine.canSend }

  /// The longest message that can be sent in this session, in bytes; 0 when the link is not up.
  public var maxMessageBytes: Int { machine.maxMessageBytes }

  /// Sends a message; ``LinkEvent/delivered`` or ``LinkEvent/undelivered(_:)`` follows.
  ///
  /// - Throws: ``LinkError/notUp``, ``LinkError/outstanding``, ``LinkError/empty`` or ``LinkError/tooLong``; the link is
  ///   unchanged.
  public mutating func send(_ message: Span<UInt8>, now: UInt64) throws(LinkError) {
    try machine.requireSendable()
    if message.isEmpty { throw .empty }
    if message.count > machine.maxMessageBytes { throw .tooLong }
    for index in message.indices { outgoing[index] = message[index] }
    machine.send(count: message.count, now: now)
  }

  /// Sends a message that the closure writes straight into the link's own buffer.
  ///
  /// - Parameter writing: gets the buffer, as long as the longest message of this session, and returns the number of
  ///   bytes of the message, from the buffer's start; 0 sends nothing.
  /// - Throws: ``LinkError/notUp``, ``LinkError/outstanding`` or ``LinkError/tooLong``; the link is unchanged.
  public mutating func send(now: UInt64, writing: (inout MutableSpan<UInt8>) -> Int) throws(LinkError) {
    try machine.requireSendable()
    var whole = outgoing.mutableSpan
    var buffer = whole._mutatingExtracting(first: machine.maxMessageBytes)
    let count = writing(&buffer)
    if count > machine.maxMessageBytes { throw .tooLong }
    if count > 0 { machine.send(count: count, now: now) }
  }

  /// Answers the received message with one that the closure writes straight into the link's own buffer, and releases
  /// the received one.
  ///
  /// A closure of ``send(now:writing:)`` could not read ``receivedMessage``, which belongs to the link that it changes.
  ///
  /// - Parameter writing: gets the received message, which it may change (it is decrypted where it lies), and the buffer
  ///   for the answer, and returns the number of its bytes; 0 answers nothing.
  /// - Throws: ``LinkError/notUp``, ``LinkError/outstanding`` or ``LinkError/tooLong``. After the first two the closure
  ///   has not run and the received message stands; try again when ``canSend``.
  public mutating func answer(
    now: UInt64, writing: (inout MutableSpan<UInt8>, inout MutableSpan<UInt8>) -> Int
  ) throws(LinkError) {
    try machine.requireSendable()
    var whole = outgoing.mutableSpan
    var buffer = whole._mutatingExtracting(first: machine.maxMessageBytes)
    var arrived = incoming.mutableSpan
    var message = arrived._mutatingExtracting(first: machine.inbox.heldCount)
    let count = writing(&message, &buffer)
    machine.releaseReceived()
    if count > machine.maxMessageBytes { throw .tooLong }
    if count > 0 { machine.send(count: count, now: now) }
  }

  /// The message received last; empty before ``LinkEvent/message(count:)`` and after ``releaseReceived()``.
  ///
  /// Firmware uses ``withReceivedMessage(_:)`` or ``answer(now:writing:)``, for the reason given there.
  public var receivedMessage: Span<UInt8> {
    @_lifetime(borrow self) get { incoming.span.extracting(first: machine.inbox.heldCount) }
  }

  /// Lets the closure read ``receivedMessage``: for a link that is a property of a class, which cannot hand out a span.
  ///
  /// Mutating, so that it works on the link where it lies: on a link that is part of a larger value, Swift 6.3's Embedded
  /// compilation copies for ``receivedMessage``, and then forgets to fill the copy.
  public mutating func withReceivedMessage<Result>(_ body: (Span<UInt8>) -> Result) -> Result {
    body(incoming.span.extracting(first: machine.inbox.heldCount))
  }

  /// The same for a reader that changes the message where it lies: one that decrypts it.
  public mutating func withMutableReceivedMessage<Result>(_ body: (inout MutableSpan<UInt8>) -> Result) -> Result {
    var arrived = incoming.mutableSpan
    var message = arrived._mutatingExtracting(first: machine.inbox.heldCount)
    return body(&message)
  }

  /// Ends the use of ``receivedMessage``: the next message may come. Until then the peer's next message is held off.
  public mutating func releaseReceived() { machine.releaseReceived() }

  /// Tells the peer that this end will not listen for so long, so that it neither sends nor gives up meanwhile.
  ///
  /// Call it before slow cryptography, then ``transmit(into:now:)`` until 0. The next frame of this end ends it early.
  public mutating func announceBusy(milliseconds: UInt16) {
    machine.announceBusy(milliseconds: milliseconds)
  }

  /// What went over the line and what went wrong on it.
  public var counters: LinkCounters { machine.counters }

  /// What this session agreed on; nil when the link is not up.
  public var peer: PeerLimits? { machine.isUp ? machine.limits : nil }
}
