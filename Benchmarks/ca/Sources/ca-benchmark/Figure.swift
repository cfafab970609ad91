import Foundation

/// One result, and what it must reach if it must.
struct Figure: Encodable {
  enum Bar {
    case atLeast(Double)
    case atMost(Double)
  }

  let name: String
  let value: Double
  let unit: String
  var bar: Bar?

  var line: String {
    let verdict =
      switch bar {
      case .atLeast(let least): "  bar >= \(Self.text(least)): \(value >= least ? "reached" : "MISSED")"
      case .atMost(let most): "  bar <= \(Self.text(most)): \(value <= most ? "reached" : "MISSED")"
      case nil: ""
      }
    return "  \(name.padding(toLength: 58, withPad: " ", startingAt: 0)) \(Self.text(value)) \(unit)\(verdict)"
  }

  private static func text(_ value: Double) -> String {
    value >= 100 ? "\(Int(value.rounded()))" : "\((value * 100).rounded() / 100)"
  }

  func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: Field.self)
    try fields.encode(name, forKey: .name)
    try fields.encode(value, forKey: .value)
    try fields.encode(unit, forKey: .unit)
    switch bar {
    case .atLeast(let least): try fields.encode(least, forKey: .atLeast)
    case .atMost(let most): try fields.encode(most, forKey: .atMost)
    case nil: break
    }
  }

  private enum Field: CodingKey { case name, value, unit, atLeast, atMost }
}
