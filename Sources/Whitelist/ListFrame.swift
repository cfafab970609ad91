import COSE

/// The COSE_Sign1 around a list's content, in the one form there is: one content and one signature are one sequence of
/// bytes, and the unsigned parts have no room for anything else.
struct ListFrame {
  /// What is signed.
  let content: Range<Int>
  /// Which signer it names.
  private(set) var keyIdentifier = InlineArray<8, UInt8>(repeating: 0)

  init<Source: WhitelistSource & ~Copyable>(
    _ source: borrowing Source, capacity: WhitelistCapacity
  ) throws(WhitelistError) {
    guard source.count <= capacity.listBytes else { throw .refused(.tooLarge) }
    // Everything up to the content, or as much as there is.
    var start = InlineArray<21, UInt8>(repeating: 0)
    let available = min(start.count, source.count)
    do throws(WhitelistSourceFailure) {
      var span = start.mutableSpan
      var room = span._mutatingExtracting(0..<available)
      if available > 0 { try source.read(at: 0, into: &room) }
    } catch {
      throw .unreadable
    }
    let prefix = WhitelistFormat.start
    for index in 0..<min(prefix.count, available) where start[index] != prefix[index] {
      throw .refused(Self.fault(at: index, start[0]))
    }
    guard available > WhitelistFormat.prefixBytes else { throw .refused(.truncated) }
    for index in 0..<WhitelistFormat.kidBytes { self.keyIdentifier[index] = start[prefix.count + index] }
    let head: CBORHead
    do throws(CBORError) {
      head = try CBORHead(start.span.extracting(0..<available), at: WhitelistFormat.prefixBytes)
    } catch {
      throw .refused(error == .truncated ? .truncated : .malformed)
    }
    guard head.kind == .bytes else { throw .refused(.malformed) }
    guard head.argument &>> 16 == 0 else { throw .refused(.truncated) }
    let first = WhitelistFormat.prefixBytes + head.headBytes
    self.content = first..<first + Int(truncatingIfNeeded: head.argument)
    try self.checkEnd(source)
  }

  /// What is behind the content: a signature of 64 bytes, and no more.
  private func checkEnd<Source: WhitelistSource & ~Copyable>(_ source: borrowing Source) throws(WhitelistError) {
    let end = self.content.upperBound
    guard end < source.count else { throw .refused(.truncated) }
    var bytes = InlineArray<2, UInt8>(repeating: 0)
    let available = min(bytes.count, source.count - end)
    do throws(WhitelistSourceFailure) {
      var span = bytes.mutableSpan
      var room = span._mutatingExtracting(0..<available)
      try source.read(at: end, into: &room)
    } catch {
      throw .unreadable
    }
    if bytes[0] == 0x40 { throw .refused(.unsigned) }
    guard bytes[0] == 0x58 else { throw .refused(.form) }
    guard available == 2 else { throw .refused(.truncated) }
    guard bytes[1] == ES256.signatureBytes else { throw .refused(.form) }
    guard source.count >= end + WhitelistFormat.suffixBytes else { throw .refused(.truncated) }
    guard source.count == end + WhitelistFormat.suffixBytes else { throw .refused(.trailingBytes) }
  }

  /// What to call it when a byte of the beginning is not the one it has to be.
  private static func fault(at index: Int, _ first: UInt8) -> WhitelistRefusal {
    if index > 0 { return .form }
    switch CBORKind(rawValue: first >> 5) {
    case .map: return .unsigned  // the content alone
    case .tag: return .form
    default: return .malformed
    }
  }
}
