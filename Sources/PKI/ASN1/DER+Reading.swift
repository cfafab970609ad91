import SwiftASN1

/// One step of a strict reader: the next node, or an error that says what was missing.
struct ShapeError: Error {
  let reason: String

  init(_ reason: String) { self.reason = reason }
}

extension ASN1NodeCollection.Iterator {
  mutating func required(_ name: String) throws -> ASN1Node {
    guard let node = next() else { throw ShapeError("\(name) is missing") }
    return node
  }

  /// The next node, only if it has this tag.
  mutating func optional(_ identifier: ASN1Identifier) -> ASN1Node? {
    var ahead = self
    guard let node = ahead.next(), node.identifier == identifier else { return nil }
    self = ahead
    return node
  }

  mutating func inside<T>(
    _ identifier: ASN1Identifier, _ name: String,
    _ body: (inout ASN1NodeCollection.Iterator) throws -> T
  ) throws -> T {
    try required(name).inside(identifier, name, body)
  }

  /// An AlgorithmIdentifier that must name `algorithm`; parameters are absent or, where `allowNull`, NULL.
  mutating func algorithm(_ algorithm: ASN1ObjectIdentifier, allowNull: Bool, _ name: String) throws {
    try inside(.sequence, name) { nodes in
      guard try ASN1ObjectIdentifier(derEncoded: &nodes) == algorithm else { throw ShapeError("\(name) is another") }
      if allowNull, let parameters = nodes.optional(.null) { _ = try ASN1Null(derEncoded: parameters) }
    }
  }
}

extension ASN1Node {
  /// Enters a constructed node; it must have this tag, and `body` must consume all of it.
  func inside<T>(
    _ identifier: ASN1Identifier, _ name: String,
    _ body: (inout ASN1NodeCollection.Iterator) throws -> T
  ) throws -> T {
    guard self.identifier == identifier else { throw ShapeError("\(name) has another tag") }
    guard case .constructed(let nodes) = content else { throw ShapeError("\(name) is not constructed") }
    var iterator = nodes.makeIterator()
    let value = try body(&iterator)
    guard iterator.next() == nil else { throw ShapeError("\(name) has something behind it") }
    return value
  }
}
