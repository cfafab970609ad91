import Foundation
import Testing

@testable import Manager

@Suite("What a running manager tells")
struct EventTests {
  @Test("Each event is one line of JSON with sorted keys and without what is not said")
  func json() throws {
    var event = ManagerEvent(.device, at: Date(timeIntervalSince1970: 1_800_000_000.25))
    event.device = "D1"
    event.from = "delivered"
    event.to = "active"
    event.serial = "4a"
    let line =
      #"{"at":"2027-01-15T08:00:00.250Z","device":"D1","event":"device","from":"delivered","serial":"4a","to":"active"}"#
    #expect(event.jsonLine == line)
    #expect(try AdminJSON.decoder.decode(ManagerEvent.self, from: Data(line.utf8)) == event)
    #expect(event.line == "device D1: delivered -> active, certificate 4a")
  }

  @Test("A sentence that ends with another one ends with one full stop")
  func fullStops() {
    #expect(ManagerError(.invalid, "The CA said: No..").reason == "The CA said: No.")
    #expect(ManagerError(.invalid, "It goes on...").reason == "It goes on...")
  }

  @Test("Every kind of failure has an exit status of sysexits.h, a title, an HTTP status and one type")
  func failures() {
    for code in ManagerError.Code.allCases {
      #expect((64...78).contains(code.exitStatus))
      let document = ProblemDocument(ManagerError(code, "why", remedy: "what"))
      #expect(document.error == ManagerError(code, ""))
      #expect(document.error.remedy == "what")
      #expect((400...599).contains(document.status))
    }
  }
}
