import CoAP
import CoAPStream
import Foundation
import Testing

@testable import Manager

@Suite("Calling devices")
struct DeviceCallerTests {
  /// Answers everything with one message.
  private struct Answering: DeviceTransport {
    let answer: CoAPMessage

    func request(
      _ message: CoAPMessage, to device: Device, timeout: Duration
    ) async throws(ManagerError) -> CoAPMessage { answer }
  }

  private func call(_ answer: CoAPMessage) async throws -> RequestAnswer {
    let caller = DeviceCaller(transport: Answering(answer: answer), policy: EnrolmentPolicy(network: "plant"))
    let now = Date(timeIntervalSince1970: 1_800_000_000)
    return await caller.callForRequest(
      Device(
        id: try DeviceID("D1"), state: .csrRequested, route: Route(gateway: "g", line: "d1"), createdAt: now,
        changedAt: now))
  }

  @Test("4.09 to the call for a request is told as a device that was provisioned for another network")
  func otherNetwork() async throws {
    #expect(
      try await call(.response(.conflict)) == .refused("It was provisioned for another network than 'plant'."))
  }

  @Test("A line that is not there, a busy device and a gateway's timeout are the way's fault and not the device's")
  func way() async throws {
    for code in [Code.notFound, .serviceUnavailable, .gatewayTimeout, .requestEntityIncomplete] {
      guard case .unreachable = try await call(.response(code)) else {
        Issue.record("\(code)")
        continue
      }
    }
  }

  @Test("Another content format than PKCS#10 is an answer and no request")
  func otherFormat() async throws {
    guard case .refused = try await call(.response(.changed, contentFormat: .cbor, payload: [0xA0])) else {
      Issue.record("taken")
      return
    }
  }
}
