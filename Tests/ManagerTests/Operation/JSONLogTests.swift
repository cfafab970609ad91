import Foundation
import Logging
import Synchronization
import Testing

@testable import Manager

@Suite("The log as JSON")
struct JSONLogTests {
  @Test("Each line is one object, whatever was said, and levels below the set one are left out")
  func lines() throws {
    let written = Written()
    var logger = Logger(label: "muster.manager") { JSONLogHandler(label: $0) { written.append($0) } }
    logger.logLevel = .notice
    logger[metadataKey: "network"] = "plant"
    logger.error("a \"quoted\"\nline", metadata: ["device": "<D1>", "network": "other"])
    logger.info("not worth a line")
    logger.notice("plain")
    let all = written.lines
    #expect(all.count == 2)
    #expect(all.allSatisfy { !$0.contains("\n") })
    let first = try #require(try JSONSerialization.jsonObject(with: Data(all[0].utf8)) as? [String: Any])
    #expect(first["level"] as? String == "error")
    #expect(first["label"] as? String == "muster.manager")
    #expect(first["message"] as? String == "a \"quoted\"\nline")
    #expect(first["metadata"] as? [String: String] == ["device": "<D1>", "network": "other"])
    #expect(first["at"] is String)
  }

  private final class Written: Sendable {
    private let state = Mutex<[String]>([])
    var lines: [String] { state.withLock { $0 } }
    func append(_ line: String) { state.withLock { $0.append(line) } }
  }
}
