/// What a certificate's extensions say that the device acts on: basicConstraints, keyUsage, extendedKeyUsage,
/// subjectAltName and nameConstraints (RFC 5280 §4.2.1). Others are passed over unless they are critical.
struct CertificateExtensions {
  /// basicConstraints has cA TRUE. Without the extension it has not.
  private(set) var isAuthority = false
  /// Authorities that may stand below this one in a path; 255 for any number.
  private(set) var pathLength: UInt8 = .max
  /// The first octet of keyUsage; 0 without the extension.
  private(set) var keyUsage: UInt8 = 0
  /// Whether extendedKeyUsage is absent or has clientAuth.
  private(set) var allowsClientAuthentication = true

  /// Where the one DNS name of its subjectAltName stands; empty when it has another name, several, or none.
  private(set) var dnsName = 0..<0
  /// Where the domain stands in which an authority's names have to be; empty for any.
  private(set) var domain = 0..<0

  static let digitalSignature: UInt8 = 0x80
  static let keyCertSign: UInt8 = 0x04

  /// Reads the extensions at the end of a TBSCertificate; there may be none.
  mutating func read(_ reader: inout DERReader) {
    guard !reader.isAtEnd else { return }
    reader.enter(DERTag.context3Constructed)
    reader.enter(DERTag.sequence)
    var seen: UInt64 = 0
    repeat {
      readExtension(&reader, &seen)
    } while !reader.isAtEnd
    reader.leave()
    reader.leave()
  }

  /// Reads one extension.
  ///
  /// - Parameter seen: A bit for each type of RFC 5280 that came already: what stood twice would mean what its reader
  ///   likes.
  private mutating func readExtension(_ reader: inout DERReader, _ seen: inout UInt64) {
    reader.enter(DERTag.sequence)
    let type = reader.objectIdentifier(of: .certificateExtension)
    if 1..<64 ~= type {
      let bit: UInt64 = 1 &<< UInt64(widening: UInt32(type))
      reader.require(seen & bit == 0, .duplicateExtension)
      seen |= bit
    }
    let isCritical = readsTrue(&reader)
    reader.enter(DERTag.octetString)
    reader.malformed = .extensionSyntax
    switch type {
    case ExtensionType.basicConstraints: readBasicConstraints(&reader)
    case ExtensionType.keyUsage: readKeyUsage(&reader)
    case ExtensionType.extendedKeyUsage: readExtendedKeyUsage(&reader)
    case ExtensionType.nameConstraints: readNameConstraints(&reader)
    case ExtensionType.subjectAlternativeName:
      reader.enter(DERTag.sequence)
      let isDNSName = reader.isNext(DERTag.context2)
      let name = reader.nextOfAnyTag()
      dnsName = isDNSName && reader.isAtEnd ? name : 0..<0
      reader.skipRest()
      reader.leave()
    default:
      reader.require(!isCritical, .criticalExtension)
      reader.skipRest()
    }
    reader.leave()
    reader.malformed = .malformed
    reader.leave()
  }

  private mutating func readBasicConstraints(_ reader: inout DERReader) {
    reader.enter(DERTag.sequence)
    isAuthority = readsTrue(&reader)
    if isAuthority, !reader.isAtEnd {
      let length = reader.next(DERTag.integer)
      // A path of 128 authorities is no path of ours: one octet is enough.
      pathLength = length.count == 1 ? reader.bytes[length.lowerBound] : .max
      reader.require(pathLength < 0x80, .extensionSyntax)
    }
    reader.leave()
  }

  private mutating func readKeyUsage(_ reader: inout DERReader) {
    let bits = reader.next(DERTag.bitString)
    // A named bit list ends with a bit that is set (X.690 §11.2.2); there are nine names.
    guard 2...3 ~= bits.count else {
      reader.require(false, .extensionSyntax)
      return
    }
    let last = reader.bytes[bits.upperBound - 1]
    let unused = reader.bytes[bits.lowerBound]
    reader.require(unused < 8 && last & (0xFF &<< unused) == last && last & (1 &<< unused) != 0, .extensionSyntax)
    keyUsage = reader.bytes[bits.lowerBound + 1]
  }

  private mutating func readExtendedKeyUsage(_ reader: inout DERReader) {
    allowsClientAuthentication = false
    reader.enter(DERTag.sequence)
    repeat {
      if reader.next(DERTag.objectIdentifier, holds: .clientAuthentication) { allowsClientAuthentication = true }
    } while !reader.isAtEnd
    reader.leave()
  }

  /// One permitted DNS domain. What is said of URIs and IP addresses binds nobody whose only name is a DNS name; all
  /// else that could be said, more domains too, is as unknown as any other critical extension.
  private mutating func readNameConstraints(_ reader: inout DERReader) {
    reader.enter(DERTag.sequence)
    repeat {
      let isPermitted = reader.isNext(DERTag.context0Constructed)
      reader.enter(isPermitted ? DERTag.context0Constructed : DERTag.context1Constructed)
      repeat {
        reader.enter(DERTag.sequence)
        let isOther = reader.isNext(DERTag.context6) || reader.isNext(DERTag.context7)
        let isDomain = isPermitted && domain.isEmpty && reader.isNext(DERTag.context2)
        reader.require(isOther || isDomain, .criticalExtension)
        let base = reader.nextOfAnyTag()
        if isDomain { domain = base }
        reader.leave()
      } while !reader.isAtEnd
      reader.leave()
    } while !reader.isAtEnd
    reader.require(!domain.isEmpty, .criticalExtension)
    reader.leave()
  }

  /// Whether TRUE stands next, which is then stepped over; FALSE is the default wherever it could stand, which DER
  /// leaves out.
  @inline(never)
  private func readsTrue(_ reader: inout DERReader) -> Bool {
    guard reader.isNext(DERTag.boolean) else { return false }
    let content = reader.nextOfAnyTag()
    let isTrue = content.count == 1 && reader.bytes[content.lowerBound] == 0xFF
    reader.require(isTrue, .extensionSyntax)
    return isTrue
  }
}
