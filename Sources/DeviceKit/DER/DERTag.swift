/// The identifier octets that X.509, PKCS#10 and PKCS#7 use (X.690 §8.1.2); all are of one octet.
enum DERTag {
  static let boolean: UInt8 = 0x01
  static let integer: UInt8 = 0x02
  static let bitString: UInt8 = 0x03
  static let octetString: UInt8 = 0x04
  static let objectIdentifier: UInt8 = 0x06
  static let utf8String: UInt8 = 0x0C
  static let printableString: UInt8 = 0x13
  static let utcTime: UInt8 = 0x17
  static let generalizedTime: UInt8 = 0x18
  static let sequence: UInt8 = 0x30
  static let set: UInt8 = 0x31
  /// `[0]` to `[7]`: primitive, and constructed.
  static let context2: UInt8 = 0x82
  static let context6: UInt8 = 0x86
  static let context7: UInt8 = 0x87
  static let context0Constructed: UInt8 = 0xA0
  static let context1Constructed: UInt8 = 0xA1
  static let context3Constructed: UInt8 = 0xA3
}
