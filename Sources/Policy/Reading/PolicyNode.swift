import PKI

/// A part of a document with its place: what YAML and JSON have in common, so that both are read with the same care.
///
/// No field is passed over: whoever reads a map says which fields it may have.
struct PolicyNode {
  enum Value {
    case null
    case scalar(String)
    case list([PolicyNode])
    case map([Field])
  }

  struct Field {
    let key: String
    let value: PolicyNode
  }

  let place: String
  let value: Value

  func fault(_ code: PolicyError.Code, _ reason: String) -> PolicyError { PolicyError(code, at: place, reason) }

  /// The fields of a map.
  ///
  /// - Parameter known: which it may have; nil when its keys are names.
  func fields(_ known: [String]? = nil) throws(PolicyError) -> [(key: String, value: PolicyNode)] {
    if case .null = value { return [] }
    guard case .map(let fields) = value else { throw fault(.value, "there should be fields with names here.") }
    var seen: Set<String> = []
    for field in fields {
      let (key, value) = (field.key, field.value)
      if let known, !known.contains(key) {
        throw value.fault(.unknownField, "there is no field '\(key)'; there are \(known.joined(separator: ", ")).")
      }
      guard seen.insert(key).inserted else { throw value.fault(.duplicate, "'\(key)' is there twice.") }
    }
    return fields.map { ($0.key, $0.value) }
  }

  /// Text that is not empty.
  func text() throws(PolicyError) -> String {
    guard case .scalar(let text) = value, !text.isEmpty else { throw fault(.value, "there should be a word here.") }
    return text
  }

  /// The items of a list, or what stands there alone.
  func items() throws(PolicyError) -> [PolicyNode] {
    switch value {
    case .list(let items): items
    case .null: throw fault(.value, "there should be a value or a list here; an empty list is [].")
    case .scalar, .map: [self]
    }
  }

  func number<Number: FixedWidthInteger>(in range: ClosedRange<Number>) throws(PolicyError) -> Number {
    guard let number = Number(try text()), range.contains(number) else {
      throw fault(.value, "there should be a number from \(range.lowerBound) to \(range.upperBound) here.")
    }
    return number
  }

  /// Bytes in hexadecimal.
  func bytes(_ count: ClosedRange<Int>) throws(PolicyError) -> [UInt8] {
    guard let bytes = [UInt8](hexadecimal: try text()), count.contains(bytes.count) else {
      let size = count.count == 1 ? "\(count.lowerBound)" : "\(count.lowerBound) to \(count.upperBound)"
      throw fault(.value, "there should be \(size) bytes in hexadecimal here.")
    }
    return bytes
  }

  func selectors() throws(PolicyError) -> [PolicySelector] {
    var selectors: [PolicySelector] = []
    for item in try items() {
      guard let selector = PolicySelector(try item.text()) else {
        throw item.fault(
          .value,
          "'\(try item.text())' names no devices: NAME, a name with * or ?, label:NAME, key:HEX or "
            + "certificate:ISSUER/HEX.")
      }
      selectors.append(selector)
    }
    return selectors
  }
}
