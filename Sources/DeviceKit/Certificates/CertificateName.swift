/// Reads an X.501 Name (RFC 5280 §4.1.2.4): a sequence of sets of attributes, not empty.
enum CertificateName {
  /// What a name says about serial numbers.
  enum SerialNumber {
    case none
    case one(Range<Int>)
    case several
  }

  /// Walks the next element, which has to be a well-built name, and returns the serial number in it (X.520's attribute).
  ///
  /// - Throws: ``CertificateRefusal/name``, whatever is wrong with it.
  static func read(_ body: inout DERReader, _ bytes: Span<UInt8>) throws(CertificateRefusal) -> SerialNumber {
    do {
      return try walk(&body, bytes)
    } catch {
      throw .name
    }
  }

  private static func walk(_ body: inout DERReader, _ bytes: Span<UInt8>) throws(CertificateRefusal) -> SerialNumber {
    var found = SerialNumber.none
    var name = try body.enter(DERTag.sequence)
    guard !name.isAtEnd else { throw .name }
    while !name.isAtEnd {
      var set = try name.enter(DERTag.set)
      repeat {
        var attribute = try set.enter(DERTag.sequence)
        let type = try attribute.objectIdentifier()
        let isString = attribute.isNext(DERTag.printableString) || attribute.isNext(DERTag.utf8String)
        let value = try attribute.nextOfAnyTag()
        try attribute.finish()
        guard type == ObjectIdentifier.serialNumber else { continue }
        guard isString else { throw .name }
        if case .none = found { found = .one(value) } else { found = .several }
      } while !set.isAtEnd
    }
    return found
  }
}
