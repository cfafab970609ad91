import CoAPStream
import Foundation
import Gateway
import NIOSSL
import Synchronization
import Testing

@testable import Manager

@Suite("Bodies of 3 KB inside OSCORE, from a stack that nobody here wrote", .timeLimit(.minutes(3)))
struct UDPBodyTests {
  @Test("aiocoap brings 3,000 bytes and fetches 3,000, through the gateway's UDP side, by EDHOC and OSCORE")
  func aiocoap() async throws {
    let network = try await LiveNetwork()
    let body = (0..<3_000).map { UInt8($0 * 31 % 256) }
    let seen = Mutex<[Int]>([])
    let resources: [[String]: DeviceResource] = [
      ["mirror"]: { request, _ in
        seen.withLock { $0.append(request.payload.count) }
        return .response(.changed, payload: request.payload.reversed())
      },
      ["given"]: { _, _ in .response(.content, payload: body) },
    ]
    try await network.withAuthority {
      try await network.withManager(resources: resources) { client, address in
        let gateway = try await TestGateway.enrol("gw", devices: [], by: client, of: network)
        try await gateway.servingUDP(manager: address) { port in
          let key = network.managerFolder.sessionPublicKey
          func device(_ step: String) async throws -> String {
            try await Python.run("EndToEndTests/oracle/aiocoap_device.py", ["\(port)", key, "U1", "U1", step])
          }
          #expect(try await device("value").hasPrefix("value 2.04"))
          let stranger = try await device("bodies")
          #expect(stranger == "bodies 2.04 Changed, 4.13 Request Entity Too Large, 4.03 Forbidden")
          let _: DeviceView = try await client.post("devices/U1/approve")
          let approved = try await device("bodies")
          #expect(approved == "bodies 2.04 Changed, 2.04 Changed mirrored, 2.05 Content given")
        }
      }
    }
    // One whole body came, and nothing of the stranger's.
    #expect(seen.withLock { $0 } == [3_000])
  }
}

extension TestGateway {
  /// Runs `muster gateway`'s own code with these credentials and a UDP side while `body` runs.
  func servingUDP(manager: ListenAddress, _ body: (Int) async throws -> Void) async throws {
    let chain = try NIOSSLCertificate.fromPEMBytes(Array((credentials.certificate + credentials.chain).utf8))
    let identity = try GatewayIdentity(
      chain: chain, key: try NIOSSLPrivateKey(bytes: Array(key.pem.utf8), format: .pem),
      anchors: try NIOSSLCertificate.fromPEMBytes(Array(credentials.anchor.utf8)))
    var configuration = try GatewayConfiguration(
      identity: identity, manager: ManagerAddress(host: manager.host, port: manager.port), lines: [],
      udp: UDPSettings(address: try UDPAddress(parsing: "127.0.0.1:0")))
    // A busy machine is no gateway timeout.
    configuration.managerAnswerTimeout = .seconds(60)
    let events = Mutex<[GatewayEvent]>([])
    let gateway = Gateway(configuration: configuration) { event in events.withLock { $0.append(event) } }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await gateway.run() }
      defer { group.cancelAll() }
      let port = try await poll("the gateway listens and has its manager") { () -> Int? in
        events.withLock { events in
          guard events.contains(where: { if case .managerConnected = $0 { true } else { false } }) else { return nil }
          for case .udpListening(let address) in events {
            return address.split(separator: ":").last.flatMap { Int($0) }
          }
          return nil
        }
      }
      try await body(port)
    }
  }
}
