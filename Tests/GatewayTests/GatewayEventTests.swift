import Foundation
import Testing

@testable import Gateway

@Suite("What a gateway reports")
struct GatewayEventTests {
  private let a = LineName("a")!
  private let address = ManagerAddress(host: "::1", port: 5_684)

  @Test("Every event is one flat line of JSON with its name and the time, and one line for people")
  func rendering() throws {
    let time = Date(timeIntervalSince1970: 1_700_000_000.25)
    let events: [GatewayEvent] = [
      .ready(gateway: "site-1", lines: [a], statusSocket: "/run/s"), .lineOpened(a), .lineUp(a, maxMessageBytes: 512),
      .lineDown(a, reason: "timedOut"), .lineClosed(a, reason: "gone \"now\"\n", retryAfter: .milliseconds(250)),
      .managerConnected(address), .managerDisconnected(address, reason: "Connection refused", retryAfter: .seconds(2)),
      .stopped,
    ]
    for event in events {
      let json = event.json(at: time)
      let object = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
      #expect(object["event"] as? String == event.name)
      #expect(object["time"] as? String == "2023-11-14T22:13:20.250Z")
      #expect(object.values.allSatisfy { $0 is String || $0 is NSNumber })
      #expect(!json.contains("\n"))
      #expect(!event.text.isEmpty)
    }
    #expect(
      GatewayEvent.lineClosed(a, reason: "gone", retryAfter: .milliseconds(250)).text
        == "line a: closed: gone (again in 250 ms)")
  }

  @Test("A configuration without lines, or with two of one name, is refused")
  func configuration() throws {
    let identity = try TestPKI().gatewayIdentity()
    let line = NamedLine(name: a, specification: .unixSocket(path: "/x"))
    for lines in [[], [line, line]] {
      #expect(throws: GatewayError(.badConfiguration, "", advice: "")) {
        try GatewayConfiguration(identity: identity, manager: address, lines: lines)
      }
    }
  }
}
