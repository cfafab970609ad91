import COSE
import DeviceCrypto
import Whitelist

/// Runs the slow operations once each and prints a line for each on the board's line: the measuring image's only work.
///
///     NAME TICKS STACK-BYTES ARENA-BYTES
///
/// Under QEMU's `-icount shift=0` an instruction takes a nanosecond, so that ticks count instructions.
///
/// - Parameter count: reads the board's free-running counter.
public func measure<B: Board>(on board: borrowing B, count: (borrowing B) -> UInt32) -> Never {
  do throws(CryptoError) {
    try measureAll(board, count)
    board.printLine("done", 0, 0, 0)
  } catch {
    board.printLine("failed", UInt32(error.rawValue), 0, 0)
  }
  while true { board.feedWatchdog() }
}

private func measureAll<B: Board>(_ board: borrowing B, _ count: (borrowing B) -> UInt32) throws(CryptoError) {
  let identity = KeyID(rawValue: 1)
  var crypto = try PSACryptography()
  var digest = InlineArray<32, UInt8>(repeating: 0x5A)
  var signature = InlineArray<64, UInt8>(repeating: 0)
  var point = InlineArray<65, UInt8>(repeating: 0)
  var message = InlineArray<128, UInt8>(repeating: 0)
  var ephemeral = identity

  // The start-up tests of the noise source are none of the first operation's business.
  var random = digest.mutableSpan
  try crypto.random(into: &random)
  try crypto.destroyKey(identity)

  func report(_ name: StaticString, _ work: () throws(CryptoError) -> Void) throws(CryptoError) {
    CryptoArena.restartPeak()
    paintStack()
    let start = count(board)
    try work()
    let ticks = count(board) &- start
    board.printLine(name, ticks, usedStackBytes(), CryptoArena.peakBytes)
  }
  // What the stack of the others holds before they begin.
  try report("idle") { () throws(CryptoError) in }
  try report("keygen") { () throws(CryptoError) in try crypto.generateSigningKey(identity) }
  try report("public") { () throws(CryptoError) in
    var span = point.mutableSpan
    try crypto.publicKey(of: identity, into: &span)
  }
  try report("sign") { () throws(CryptoError) in
    var span = signature.mutableSpan
    try crypto.sign(digest: digest.span, with: identity, into: &span)
  }
  try report("verify") { () throws(CryptoError) in
    try crypto.verify(signature.span, digest: digest.span, publicKey: point.span)
  }
  try report("agreekey") { () throws(CryptoError) in ephemeral = try crypto.generateEphemeralKey() }
  // The other side's x is our own: an agreement as good as any.
  try report("agree") { () throws(CryptoError) in
    var span = digest.mutableSpan
    try crypto.agree(ephemeral, peerX: point.span.extracting(1..<33), into: &span)
  }
  try report("complete") { () throws(CryptoError) in
    var span = point.mutableSpan
    try P256Point.complete(x: digest.span, into: &span)
  }
  try report("seal") { () throws(CryptoError) in
    var span = message.mutableSpan
    try crypto.seal(
      &span, key: digest.span.extracting(0..<16), nonce: digest.span.extracting(0..<13),
      additionalData: digest.span.extracting(0..<24))
  }
  try report("open") { () throws(CryptoError) in
    var span = message.mutableSpan
    try crypto.open(
      &span, key: digest.span.extracting(0..<16), nonce: digest.span.extracting(0..<13),
      additionalData: digest.span.extracting(0..<24))
  }
  try report("random") { () throws(CryptoError) in
    var span = digest.mutableSpan
    try crypto.random(into: &span)
  }
  // A list as long as a device's flash holds, beside its signature: hashed, read whole, and asked. An answer that is not
  // the one expected would be no measure of anything.
  let list: Whitelist
  let peers = ThousandPeers()
  do throws(WhitelistError) { list = try Whitelist(verified: peers) } catch { throw .failed }
  try report("cwl-hash") { () throws(CryptoError) in
    var span = digest.mutableSpan
    do throws(WhitelistError) { try list.digest(of: peers, into: &span, with: crypto) } catch { throw .failed }
  }
  try report("cwl-read") { () throws(CryptoError) in
    do throws(WhitelistError) { _ = try Whitelist(verified: peers) } catch { throw .failed }
  }
  // The last one before a fence takes the longest to find.
  try report("cwl-admit") { () throws(CryptoError) in
    guard decide(list, 991, port: 5684) == .admitted(entry: 991) else { throw .failed }
  }
  try report("cwl-deny") { () throws(CryptoError) in
    guard decide(list, 1_000, port: 5684) == .denied(.notListed) else { throw .failed }
  }
}

@inline(never)
private func decide(_ list: borrowing Whitelist, _ entry: Int, port: UInt16) -> WhitelistDecision {
  let serialNumber = ThousandPeers.serialNumber(of: entry)
  let name = InlineArray<32, UInt8>(repeating: 0x11)
  let key = InlineArray<32, UInt8>(repeating: 0x22)
  let peer = WhitelistPeer(
    issuerName: name.span, issuerKey: key.span, serialNumber: serialNumber.span, key: key.span, wasAdmitted: false)
  return list.decide(
    peer, PeerUse(.outward, .coap, over: .oscore, port: port),
    at: WhitelistTime(seconds: 1_800_000_000, origin: .manager, restarts: 0), in: ThousandPeers())
}

extension Board {
  fileprivate func printLine(_ name: StaticString, _ ticks: UInt32, _ stackBytes: UInt32, _ arenaBytes: UInt32) {
    for index in 0..<name.utf8CodeUnitCount { send(name.utf8Start[index]) }
    printNumber(ticks)
    printNumber(stackBytes)
    printNumber(arenaBytes)
    send(0x0A)
  }

  private func printNumber(_ number: UInt32) {
    send(0x20)
    var divisor: UInt32 = 1_000_000_000
    while divisor > 1, number < divisor { divisor /= 10 }
    while divisor > 0 {
      send(0x30 + UInt8(truncatingIfNeeded: number / divisor % 10))
      divisor /= 10
    }
  }
}
