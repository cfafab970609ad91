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
      .ready(gateway: "site-1", lines: [a], statusSocket: "/run/s"), .udpListening("[::]:5683"), .lineOpened(a),
      .lineUp(a, maxMessageBytes: 512),
      .lineDown(a, reason: "timedOut"), .lineClosed(a, reason: "gone \"now\"\n", retryAfter: .milliseconds(250)),
      .managerConnected(address), .managerDisconnected(address, reason: "Connection refused", retryAfter: .seconds(2)),
      .identityRenewed(notAfter: time), .identityUnusable(reason: "gateway.pem is no certificate"), .stopped,
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

  @Test("A configuration without lines, with two of one name, or with two at one place, is refused, each in its words")
  func configuration() throws {
    let directory = try TemporaryDirectory()
    try directory.write("", to: "socket")
    try FileManager.default.createSymbolicLink(
      atPath: directory.file("link"), withDestinationPath: directory.file("socket"))
    let cases = [
      ([], "There is no line."), (["a=/dev/x", "a=/dev/y"], "Two lines are called a."),
      (["a=/dev/x", "b=/dev/x:9600"], "The lines a and b are both at /dev/x."),
      (["a=unix:/x", "b=unix:/x"], "The lines a and b are both at /x."),
      (["a=unix:\(directory.file("socket"))", "b=unix:\(directory.file("link"))"], "The lines a and b are both at"),
    ]
    let identity = try TestPKI().gatewayIdentity()
    for (lines, reason) in cases {
      let lines = try lines.map { try NamedLine(parsing: $0) }
      let error = #expect(throws: GatewayError.self) {
        try GatewayConfiguration(identity: identity, manager: address, lines: lines)
      }
      #expect(error?.code == .badConfiguration)
      #expect(error?.reason.hasPrefix(reason) == true, "\(error?.reason ?? "")")
    }
    let two = try ["a=/dev/x", "b=/dev/y"].map { try NamedLine(parsing: $0) }
    #expect(try GatewayConfiguration(identity: identity, manager: address, lines: two).lines.count == 2)
  }
}
