/// Reads an X.501 Name (RFC 5280 §4.1.2.4): a sequence of sets of attributes, not empty.
enum CertificateName {
  /// Steps over the next element, which has to be a well-built name; whatever is wrong with it is
  /// ``CertificateRefusal/name``.
  ///
  /// - Returns: Where the value of its serialNumber attribute stands (X.520 §6.2.9); empty unless there is exactly one.
  @inline(never)
  static func read(_ reader: inout DERReader) -> Range<Int> {
    var serialNumber = 0..<0
    var serialNumbers = 0
    reader.malformed = .name
    reader.enter(DERTag.sequence)
    repeat {
      reader.enter(DERTag.set)
      repeat {
        reader.enter(DERTag.sequence)
        let type = reader.objectIdentifier(of: .attribute)
        let isPrintable = reader.isNext(DERTag.printableString)
        let value = reader.nextOfAnyTag()
        reader.leave()
        if type == AttributeType.serialNumber {
          serialNumbers += 1
          serialNumber = isPrintable && serialNumbers == 1 ? value : 0..<0
        }
      } while !reader.isAtEnd
      reader.leave()
    } while !reader.isAtEnd
    reader.leave()
    reader.malformed = .malformed
    return serialNumber
  }
}
