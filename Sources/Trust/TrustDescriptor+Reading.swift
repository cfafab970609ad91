import COSE

extension TrustDescriptor {
  /// Reads the content: fields 1 to 6 stand in ascending order, and so all in their places.
  ///
  /// - Parameters:
  ///   - content: what is signed.
  ///   - start: where it stands in the descriptor.
  mutating func read(_ content: Span<UInt8>, at start: Int) throws(TrustRefusal) {
    // What it is called when the next thing is not as it should be.
    var fault = TrustRefusal.malformed
    do throws(CBORError) {
      var reader = try CBORReader(content)
      var pairs = try reader.map()
      fault = .version
      try Self.expect(TrustField.version, &reader)
      try Self.require(try reader.uint32() == TrustFormat.version)
      fault = .network
      try Self.expect(TrustField.network, &reader)
      let name = try reader.text().count
      self.network = start + reader.position - name..<start + reader.position
      try Self.require(1...TrustLimits.networkNameBytes ~= name)
      fault = .epoch
      try Self.expect(TrustField.epoch, &reader)
      self.epoch = try reader.uint32()
      try Self.require(self.epoch > 0)
      fault = .managerKeys
      self.managerKeys = try Self.keys(TrustField.managerKeys, atLeast: 1, &reader, start, content, &fault)
      fault = .signers
      self.signers = try Self.keys(TrustField.signers, atLeast: 0, &reader, start, content, &fault)
      fault = .anchors
      try self.readAnchors(&reader, start, content, &fault)
      fault = .malformed
      try Self.require(pairs >= TrustFormat.fields)
      pairs -= TrustFormat.fields
      while pairs > 0 {
        pairs -= 1
        if reader.kind != .unsigned { fault = .criticalField }
        _ = try reader.uint()
        try reader.skip()
      }
      try Self.require(reader.isAtEnd)
    } catch {
      throw fault
    }
  }

  /// Reads an array of keys, no two of which are the same.
  @inline(never)
  private static func keys(
    _ field: UInt32, atLeast least: Int, _ reader: inout CBORReader, _ start: Int, _ content: Span<UInt8>,
    _ fault: inout TrustRefusal
  ) throws(CBORError) -> TrustKeys {
    try Self.expect(field, &reader)
    let count = try reader.array()
    try Self.require(least...TrustLimits.keysOfAKind ~= count)
    let keys = TrustKeys(start: start + reader.position, count: count)
    for _ in 0..<count { _ = try Self.key(&reader) }
    if count == 2, Self.isSame(keys[0], keys[1], content, start) {
      fault = .duplicateKey
      throw .outOfRange
    }
    return keys
  }

  private mutating func readAnchors(
    _ reader: inout CBORReader, _ start: Int, _ content: Span<UInt8>, _ fault: inout TrustRefusal
  ) throws(CBORError) {
    try Self.expect(TrustField.anchors, &reader)
    let count = try reader.array()
    try Self.require(1...TrustLimits.keysOfAKind ~= count)
    self.anchor = try Self.anchor(&reader, start, content, &fault)
    self.nextAnchor = nil
    guard count == 2 else { return }
    let next = try Self.anchor(&reader, start, content, &fault)
    self.nextAnchor = next
    if Self.isSame(next.publicKey, self.anchor.publicKey, content, start) {
      fault = .duplicateKey
      throw .outOfRange
    }
  }

  @inline(never)
  private static func anchor(
    _ reader: inout CBORReader, _ start: Int, _ content: Span<UInt8>, _ fault: inout TrustRefusal
  ) throws(CBORError) -> TrustAnchorPlace {
    try Self.require(try reader.array() == 2)
    let count = try reader.byteString().count
    let name = reader.position - count..<reader.position
    guard DERName.accepts(content.extracting(name)) else {
      fault = .anchorName
      throw .outOfRange
    }
    let key = try Self.key(&reader)
    return TrustAnchorPlace(
      name: start + name.lowerBound..<start + name.upperBound,
      publicKey: start + key.lowerBound..<start + key.upperBound
    )
  }

  /// Reads a key.
  ///
  /// - Returns: where it stands in the content.
  @inline(never)
  private static func key(_ reader: inout CBORReader) throws(CBORError) -> Range<Int> {
    try Self.require(try reader.byteString().count == TrustLimits.keyBytes)
    return reader.position - TrustLimits.keyBytes..<reader.position
  }

  /// Reads a field's number, which has to be this one.
  @inline(never)
  private static func expect(_ field: UInt32, _ reader: inout CBORReader) throws(CBORError) {
    try Self.require(try reader.uint32() == field)
  }

  /// The caller has said what it is called when this does not hold.
  private static func require(_ condition: Bool) throws(CBORError) {
    guard condition else { throw .outOfRange }
  }

  /// Whether two ranges of the descriptor hold the same bytes.
  private static func isSame(
    _ first: Range<Int>, _ second: Range<Int>, _ content: Span<UInt8>, _ start: Int
  ) -> Bool {
    for index in 0..<first.count
    where content[first.lowerBound - start + index] != content[second.lowerBound - start + index] { return false }
    return true
  }
}
