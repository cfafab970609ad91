/// Reads an X.501 Name (RFC 5280 §4.1.2.4): a sequence of sets of attributes, not empty.
enum CertificateName {
  /// Steps over the next element, which has to be a well-built name.
  ///
  /// - Returns: Where the value of its serialNumber attribute stands (X.520 §6.2.9); empty unless there is exactly one.
  /// - Throws: ``CertificateRefusal/name``, whatever is wrong with it.
  @inline(never)
  static func read(_ reader: inout DERReader) throws(CertificateRefusal) -> Range<Int> {
    do {
      return try walk(&reader)
    } catch {
      throw .name
    }
  }

  private static func walk(_ reader: inout DERReader) throws(CertificateRefusal) -> Range<Int> {
    var serialNumber = 0..<0
    var serialNumbers = 0
    let outer = try reader.enter(DERTag.sequence)
    repeat {
      let name = try reader.enter(DERTag.set)
      repeat {
        let set = try reader.enter(DERTag.sequence)
        let type = try reader.objectIdentifier()
        let isPrintable = reader.isNext(DERTag.printableString)
        let value = try reader.nextOfAnyTag()
        try reader.leave(set)
        if type == ObjectIdentifier.serialNumber {
          serialNumbers += 1
          serialNumber = isPrintable && serialNumbers == 1 ? value : 0..<0
        }
      } while !reader.isAtEnd
      try reader.leave(name)
    } while !reader.isAtEnd
    try reader.leave(outer)
    return serialNumber
  }
}
