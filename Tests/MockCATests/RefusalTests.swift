import Foundation
import Testing

@testable import MockCA

@Suite("Refusals")
struct RefusalTests {
  @Test("Every refusal has a name and a sentence of its own, and a failing HTTP status")
  func names() {
    #expect(Set(Refusal.all.map(\.name)).count == Refusal.all.count)
    #expect(Set(Refusal.all.map(\.sentence)).count == Refusal.all.count)
    #expect(Refusal.all.allSatisfy { (400...599).contains($0.status) })
  }

  @Test("The specification's table lists every refusal as it is")
  func documented() throws {
    let checkout = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let text = try String(contentsOf: checkout.appendingPathComponent("docs/spec/ca.md"), encoding: .utf8)
    for refusal in Refusal.all {
      let line = "| `\(refusal.name)` | \(refusal.failInfo) | \(refusal.status) |"
      #expect(text.contains(line), "\(line)")
    }
  }
}
