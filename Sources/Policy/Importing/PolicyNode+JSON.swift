import Foundation

extension PolicyNode {
  /// Reads a JSON document (RFC 8259); places are paths within it.
  init(json bytes: [UInt8], file: String) throws(PolicyError) {
    let value: Any
    do {
      value = try JSONSerialization.jsonObject(with: Data(bytes))
    } catch {
      throw PolicyError(.syntax, at: file, "this is not JSON.")
    }
    self = try Self(value, file, depth: 0)
  }

  private init(_ value: Any, _ place: String, depth: Int) throws(PolicyError) {
    self.place = place
    guard depth < 64 else { throw PolicyError(.syntax, at: place, "the document is too deep.") }
    switch value {
    case is NSNull: self.value = .null
    case let fields as [String: Any]:
      var nodes: [Field] = []
      for (key, item) in fields.sorted(by: { $0.key < $1.key }) {
        nodes.append(Field(key: key, value: try Self(item, "\(place)/\(key)", depth: depth + 1)))
      }
      self.value = .map(nodes)
    case let items as [Any]:
      var nodes: [PolicyNode] = []
      for (index, item) in items.enumerated() {
        nodes.append(try Self(item, "\(place)[\(index)]", depth: depth + 1))
      }
      self.value = .list(nodes)
    default: self.value = .scalar("\(value)")
    }
  }
}
