import Foundation
import Testing

@testable import Whitelist

@Suite("The numbers are the ones of docs/spec/cwl.md, and none was given twice")
struct NumberTests {
  /// Numbers and names of the table under a heading.
  private func documented(under heading: String) throws -> [UInt8: String] {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let specification = try String(contentsOf: root.appending(path: "docs/spec/cwl.md"), encoding: .utf8)
    let section = try #require(specification.components(separatedBy: "\n## \(heading)\n").last)
    var documented: [UInt8: String] = [:]
    for line in section.components(separatedBy: "\n## ")[0].split(separator: "\n") where line.hasPrefix("| ") {
      let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      guard let number = UInt8(cells[0]) else { continue }
      #expect(documented.updateValue(cells[1], forKey: number) == nil, "\(number) stands there twice")
    }
    return documented
  }

  @Test("Refusals")
  func refusals() throws {
    let all = (0...255).compactMap { WhitelistRefusal(rawValue: $0) }
    let named = Dictionary(uniqueKeysWithValues: all.map { ($0.rawValue, "\($0)") })
    #expect(try documented(under: "Refusal reasons") == named)
    #expect(named.count == 39)
  }

  @Test("Denials")
  func denials() throws {
    let all = (0...255).compactMap { WhitelistDenial(rawValue: $0) }
    let named = Dictionary(uniqueKeysWithValues: all.map { ($0.rawValue, "\($0)") })
    #expect(try documented(under: "Denials") == named)
    #expect(named.count == 17)
  }
}
