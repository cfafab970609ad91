import Foundation
import PKI
import Testing

@testable import Whitelist

@Suite("The published vectors of whitelists")
struct VectorTests {
  private let rows: [[String]]
  private let signers: [[UInt8]]

  init() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let text = try String(contentsOf: folder.appending(path: "docs/spec/cwl-vectors.txt"), encoding: .utf8)
    rows = text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { $0.split(separator: " ").map(String.init) }
    signers = rows.filter { $0[0] == "signer" }.map { [UInt8](hexadecimal: $0[1]) }
  }

  @Test("The good ones are read, with their epochs, numbers and entries")
  func good() throws {
    let good = rows.filter { $0[0] == "good" }
    #expect(good.count == 6)
    for row in good {
      let list = [UInt8](hexadecimal: row[4])
      let terms = try WhitelistTerms(list: list, signers: signers)
      #expect("\(terms.epoch).\(terms.number)" == row[2] && "\(terms.entries.count)" == row[3], "\(row[1])")
    }
  }

  @Test("The bad ones are refused, each for the reason it names, and every reason that bytes can give is there")
  func bad() throws {
    let bad = rows.filter { $0[0] == "bad" }
    var reasons: Set<UInt8> = []
    for row in bad {
      let refusal = Network().refusal(of: [UInt8](hexadecimal: row[3]), signers: signers)
      #expect(refusal.map { "\($0)" } == row[2], "\(row[1])")
      reasons.insert(refusal?.rawValue ?? 0)
    }
    // 98 and 120 take long lists, 105 a descriptor with a bad key; from 126 on it takes a holder.
    #expect(Set(97...125).subtracting(reasons) == [98, 105, 120])
  }
}
