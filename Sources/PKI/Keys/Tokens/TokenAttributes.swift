import CPKCS11

/// An object's attributes, as PKCS#11 takes them (v2.40 §3.3): types, with values in memory that somebody else keeps.
struct TokenAttributes {
  private var values: [(type: CK_ATTRIBUTE_TYPE, bytes: [UInt8])] = []

  mutating func add(_ type: CK_ATTRIBUTE_TYPE, _ bytes: [UInt8]) { values.append((type, bytes)) }

  mutating func add(_ type: CK_ATTRIBUTE_TYPE, _ value: CK_ULONG) {
    add(type, withUnsafeBytes(of: value) { Array($0) })
  }

  mutating func add(_ type: CK_ATTRIBUTE_TYPE, _ value: Bool) { add(type, [value ? 1 : 0]) }

  /// What the private key has that a URI names.
  static func privateKey(_ uri: TokenURI) -> TokenAttributes {
    var attributes = TokenAttributes()
    attributes.add(CKA_CLASS, CKO_PRIVATE_KEY)
    attributes.add(CKA_KEY_TYPE, CKK_EC)
    if let object = uri.object { attributes.add(CKA_LABEL, Array(object.utf8)) }
    if let id = uri.id { attributes.add(CKA_ID, id) }
    return attributes
  }

  /// Calls `body` with the attributes in memory that stands as long as the call.
  func withTemplate<Value>(_ body: (UnsafeMutablePointer<CK_ATTRIBUTE>, CK_ULONG) -> Value) -> Value {
    var bytes = values.flatMap(\.bytes)
    return bytes.withUnsafeMutableBytes { bytes in
      var offset = 0
      var template = values.map { type, value in
        defer { offset += value.count }
        return CK_ATTRIBUTE(
          type: type, pValue: bytes.baseAddress.map { $0 + offset }, ulValueLen: CK_ULONG(value.count))
      }
      return template.withUnsafeMutableBufferPointer { template in
        guard let base = template.baseAddress else {
          var none = CK_ATTRIBUTE()
          return body(&none, 0)
        }
        return body(base, CK_ULONG(template.count))
      }
    }
  }
}
