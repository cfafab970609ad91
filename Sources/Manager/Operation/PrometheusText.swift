/// Writes metrics in Prometheus's text format, version 0.0.4.
struct PrometheusText {
  /// The format's media type.
  static let mediaType = "text/plain; version=0.0.4; charset=utf-8"

  /// One number with what it is of.
  struct Sample {
    var labels: KeyValuePairs<String, String> = [:]
    var value: Double
  }

  private(set) var text = ""

  /// A number that goes up and down.
  mutating func gauge(_ name: String, _ help: String, _ samples: [Sample]) { write(name, "gauge", help, samples) }

  /// A number that only grows, until the process ends.
  mutating func counter(_ name: String, _ help: String, _ samples: [Sample]) { write(name, "counter", help, samples) }

  mutating func histogram(_ name: String, _ help: String, _ reading: Durations.Reading) {
    head(name, "histogram", help)
    var total = 0
    for (index, count) in reading.counts.enumerated() {
      total += count
      let bound = index < Durations.bounds.count ? Self.number(Durations.bounds[index]) : "+Inf"
      line("\(name)_bucket", ["le": bound], Double(total))
    }
    line("\(name)_sum", [:], reading.sum)
    line("\(name)_count", [:], Double(total))
  }

  private mutating func write(_ name: String, _ type: String, _ help: String, _ samples: [Sample]) {
    guard !samples.isEmpty else { return }
    head(name, type, help)
    for sample in samples { line(name, sample.labels, sample.value) }
  }

  private mutating func head(_ name: String, _ type: String, _ help: String) {
    text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
  }

  private mutating func line(_ name: String, _ labels: KeyValuePairs<String, String>, _ value: Double) {
    let list = labels.map { "\($0.key)=\"\(Self.escaped($0.value))\"" }.joined(separator: ",")
    text += "\(name)\(list.isEmpty ? "" : "{\(list)}") \(Self.number(value))\n"
  }

  private static func escaped(_ value: String) -> String {
    value.reduce(into: "") { text, character in
      switch character {
      case "\\": text += "\\\\"
      case "\"": text += "\\\""
      case "\n": text += "\\n"
      default: text.append(character)
      }
    }
  }

  /// Whole numbers without a point: they are easier to read, and no less exact.
  private static func number(_ value: Double) -> String {
    Int(exactly: value).map(String.init) ?? String(value)
  }
}
