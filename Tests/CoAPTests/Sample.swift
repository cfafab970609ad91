import TestKit

@testable import CoAP

/// A random message by its parts, for round trips and for the oracle.
struct Sample {
  var code: UInt8
  var token: [UInt8]
  var options: [(number: UInt16, value: [UInt8])]
  var payload: [UInt8]

  init(using random: inout SplitMix) {
    self.code = [0x01, 0x02, 0x03, 0x05, 0x45, 0x44, 0x5F, 0x80, 0xA3].randomElement(using: &random) ?? 1
    self.token = random.bytes(.random(in: 0...8, using: &random))
    self.options = []
    var number = 0
    for _ in 0..<Int.random(in: 0...8, using: &random) {
      // Deltas and lengths around the borders of their encodings: 13 and 269.
      number += [0, 1, 4, 12, 13, 14, 200, 268, 269, 270, 5000].randomElement(using: &random) ?? 0
      let length = [0, 1, 2, 12, 13, 14, 100, 268, 269, 300].randomElement(using: &random) ?? 0
      guard number <= 0xFFFF else { break }
      self.options.append((UInt16(number), random.bytes(length)))
    }
    let length = [0, 1, 5, 12, 13, 200, 268, 269, 1024].randomElement(using: &random) ?? 0
    self.payload = random.bytes(length)
  }

  func written() throws(CoAPError) -> [UInt8] {
    try write(Code(rawValue: self.code), token: self.token) { writer in
      for option in self.options { writer.option(OptionNumber(rawValue: option.number), option.value.span) }
      writer.payload(self.payload.span)
    }
  }

  /// `code token payload number:value…`, all hexadecimal, `-` for nothing: a line for the oracle.
  var line: String {
    func field(_ bytes: [UInt8]) -> String { bytes.isEmpty ? "-" : hexText(bytes) }
    let options = self.options.map { "\($0.number):\(field($0.value))" }
    return ([hexText([self.code]), field(self.token), field(self.payload)] + options).joined(separator: " ")
  }
}
