extension CBORReader {
  /// Walks a sequence of items and insists on deterministic encoding throughout.
  static func validate(_ bytes: Span<UInt8>) throws(CBORError) {
    var position = 0
    while position < bytes.count { position = try Self.end(of: bytes, at: position, depth: 0) }
  }

  /// Where the item at `position` ends. Recursion is bounded by `maxDepth`.
  static func end(of bytes: Span<UInt8>, at position: Int, depth: Int) throws(CBORError) -> Int {
    let head = try CBORHead(bytes, at: position)
    var position = position + head.headBytes
    switch head.kind {
    case .unsigned, .negative:
      return position
    case .simple:
      guard head.argument >= 20 else { throw .unsupported }
      return position
    case .bytes, .text:
      let end = position + (try head.length(limit: bytes.count - position))
      if head.kind == .text && !UTF8Check.accepts(bytes.extracting(position..<end)) { throw .badText }
      return end
    case .array, .tag, .map:
      guard depth < Self.maxDepth else { throw .tooDeep }
      let isMap = head.kind == .map
      var remaining = head.kind == .tag ? 1 : try head.length(limit: bytes.count - position)
      var previous = position..<position
      while remaining > 0 {
        remaining -= 1
        let start = position
        position = try Self.end(of: bytes, at: position, depth: depth + 1)
        guard isMap else { continue }
        let key = start..<position
        guard previous.isEmpty || Self.precedes(previous, key, in: bytes) else { throw .keyOrder }
        previous = key
        position = try Self.end(of: bytes, at: position, depth: depth + 1)
      }
      return position
    }
  }

  /// Bytewise lexicographic order. No encoding is the beginning of another, so a difference is found before either ends.
  private static func precedes(_ left: Range<Int>, _ right: Range<Int>, in bytes: Span<UInt8>) -> Bool {
    var (left, right) = (left, right)
    while let first = left.popFirst(), let second = right.popFirst() {
      if bytes[first] != bytes[second] { return bytes[first] < bytes[second] }
    }
    return false
  }
}
