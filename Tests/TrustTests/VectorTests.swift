import Foundation
import PKI
import Testing

@testable import Trust

@Suite("The published vectors")
struct VectorTests {
  private let rows: [[String]]
  private let root: [UInt8]

  init() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let text = try String(contentsOf: folder.appending(path: "docs/spec/trust-vectors.txt"), encoding: .utf8)
    rows = text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { $0.split(separator: " ").map(String.init) }
    root = bytes(hexadecimal: try #require(rows.first { $0.first == "root" }?.last))
  }

  @Test("The good ones are read, with their epochs")
  func good() throws {
    let good = rows.filter { $0.first == "good" }
    #expect(good.count == 3)
    for row in good {
      let terms = try TrustTerms(descriptor: bytes(hexadecimal: row[3]), root: root)
      #expect(String(terms.epoch) == row[2])
    }
  }

  @Test("The bad ones are refused, each for the reason it names")
  func bad() throws {
    let bad = rows.filter { $0.first == "bad" }
    #expect(bad.count == 19)
    var cryptography = HostCryptography()
    for row in bad {
      let descriptor = bytes(hexadecimal: row[3])
      do throws(TrustError) {
        _ = try TrustDescriptor(descriptor.span, root: root.span, with: &cryptography)
        Issue.record("\(row[1]) was taken")
      } catch {
        guard case .refused(let refusal) = error else {
          Issue.record("\(row[1]): \(error)")
          continue
        }
        #expect("\(refusal)" == row[2], "\(row[1])")
      }
    }
  }
}
