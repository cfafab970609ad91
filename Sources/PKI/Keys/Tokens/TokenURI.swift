import Foundation

/// Where a key is in a PKCS#11 token: a `pkcs11:` URI (RFC 7512), as far as naming one private key needs it.
///
/// `pkcs11:token=LABEL;object=LABEL?module-path=/usr/lib/…/module.so&pin-source=file:/path/to/pin`. Of the path, `token`,
/// `serial`, `object`, `id` and `type=private` are taken; `object` or `id` is needed, and so are `token` or `serial`.
public struct TokenURI: Sendable, Equatable {
  /// The longest URI that is taken, in bytes.
  static let maxBytes = 2_048

  /// The token's label.
  public private(set) var token: String?
  /// The token's serial number.
  public private(set) var serial: String?
  /// The key's label, CKA_LABEL.
  public private(set) var object: String?
  /// The key's identifier, CKA_ID.
  public private(set) var id: [UInt8]?
  /// The shared library that speaks for the token.
  public private(set) var modulePath = ""
  /// The file with the PIN; nil for a token that asks for none.
  public private(set) var pinFile: String?

  /// The same place for another key: this label in the place of the former key's label and identifier.
  func naming(_ object: String) -> TokenURI {
    var uri = self
    uri.object = object
    uri.id = nil
    return uri
  }

  /// The token for the person at the terminal.
  var tokenName: String { token ?? serial ?? "" }

  /// Reads a URI.
  ///
  /// - Throws: ``PKIError`` with code `format`, saying what is wrong with it.
  public init(_ text: String) throws(PKIError) {
    guard text.utf8.count <= Self.maxBytes else { throw Self.error("is longer than \(Self.maxBytes) bytes") }
    guard text.hasPrefix("pkcs11:") else { throw Self.error("does not begin with 'pkcs11:'") }
    let parts = text.dropFirst("pkcs11:".count).split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    for attribute in parts[0].split(separator: ";") { try take(path: attribute) }
    if parts.count == 2 {
      for attribute in parts[1].split(separator: "&") { try take(query: attribute) }
    }
    guard token != nil || serial != nil else { throw Self.error("names no token: it needs 'token=' or 'serial='") }
    guard object != nil || id != nil else { throw Self.error("names no key: it needs 'object=' or 'id='") }
    guard !modulePath.isEmpty else { throw Self.error("needs '?module-path=' with the token's shared library") }
  }

  private mutating func take(path attribute: Substring) throws(PKIError) {
    let (name, value) = try Self.split(attribute)
    switch name {
    case "token": try Self.set(&token, Self.text(value), name)
    case "serial": try Self.set(&serial, Self.text(value), name)
    case "object": try Self.set(&object, Self.text(value), name)
    case "id": try Self.set(&id, value, name)
    case "type": guard value == Array("private".utf8) else { throw Self.error("is not of a private key") }
    default: throw Self.error("says '\(name)', which is not looked at here")
    }
  }

  private mutating func take(query attribute: Substring) throws(PKIError) {
    let (name, value) = try Self.split(attribute)
    let text = try Self.text(value)
    switch name {
    case "module-path":
      guard text.hasPrefix("/") else { throw Self.error("has a module-path that does not begin with '/'") }
      modulePath = text
    case "pin-source":
      let path =
        text.hasPrefix("file://")
        ? String(text.dropFirst(7)) : text.hasPrefix("file:") ? String(text.dropFirst(5)) : text
      guard path.hasPrefix("/") else { throw Self.error("has a pin-source that is no file's whole path") }
      try Self.set(&pinFile, path, name)
    case "pin-value":
      throw Self.error(
        "has the PIN in it, where others see it: put it into a file of mode 0600 and name that by 'pin-source='")
    default: throw Self.error("asks for '\(name)', which is not looked at here")
    }
  }

  private static func set<Value>(_ variable: inout Value?, _ value: Value, _ name: String) throws(PKIError) {
    guard variable == nil else { throw error("says '\(name)' twice") }
    variable = value
  }

  /// A name, and its value with each `%41` taken as the byte it stands for.
  private static func split(_ attribute: Substring) throws(PKIError) -> (name: String, value: [UInt8]) {
    let parts = attribute.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[1].isEmpty else { throw error("has '\(attribute)' in it, which is no 'name=value'") }
    var value: [UInt8] = []
    var rest = parts[1].utf8
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        value.append(byte)
        continue
      }
      let digits = rest.prefix(2)
      guard digits.count == 2, digits.allSatisfy(\.isHexadecimalDigit),
        let decoded = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
      else { throw error("has a '%' in it that no two hexadecimal digits follow") }
      value.append(decoded)
      rest = rest.dropFirst(2)
    }
    return (String(parts[0]), value)
  }

  private static func text(_ bytes: [UInt8]) throws(PKIError) -> String {
    guard let text = String(validating: bytes, as: UTF8.self), !text.utf8.contains(0) else {
      throw error("is not all UTF-8")
    }
    return text
  }

  private static func error(_ what: String) -> PKIError { PKIError(.format, "The key's URI \(what).") }
}

extension TokenURI: CustomStringConvertible {
  /// The URI, which reads back as the same.
  public var description: String {
    let path: [(String, [UInt8]?)] = [
      ("token", token.map { Array($0.utf8) }), ("serial", serial.map { Array($0.utf8) }),
      ("object", object.map { Array($0.utf8) }),
      ("id", id), ("type", Array("private".utf8)),
    ]
    let query: [(String, [UInt8]?)] = [
      ("module-path", Array(modulePath.utf8)), ("pin-source", pinFile.map { Array($0.utf8) }),
    ]
    return "pkcs11:" + Self.text(path, between: ";") + "?" + Self.text(query, between: "&")
  }

  private static func text(_ attributes: [(String, [UInt8]?)], between separator: String) -> String {
    attributes.compactMap { name, value in value.map { name + "=" + $0.map(escaped).joined() } }.joined(
      separator: separator)
  }

  private static func escaped(_ byte: UInt8) -> String {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "/"):
      String(UnicodeScalar(byte))
    default: "%" + [byte].hexadecimal
    }
  }
}

extension UInt8 {
  fileprivate var isHexadecimalDigit: Bool {
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
      UInt8(ascii: "A")...UInt8(ascii: "F"):
      true
    default: false
    }
  }
}
