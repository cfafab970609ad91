import CoAP
import CoAPStream
import Foundation
import Gateway
import PKI
import SwiftASN1
import Synchronization
import TestKit
import Testing
import X509

@testable import Manager

@Suite("Gateways' certificates are renewed", .serialized)
struct GatewayRenewalTests {
  @Test(
    "Asked to, muster's gateway renews over its connection, connects with the new certificate, and the old one is shut out then and not before",
    .timeLimit(.minutes(3)))
  func renewed() async throws {
    let network = try await LiveNetwork()
    try await network.withAuthority {
      try await network.withManager { client, address in
        let old = try await TestGateway.enrol("hall-1", devices: [], by: client, of: network)
        let folder = try old.install(in: "\(network.folder.path)/gateway")
        let before = try Data(contentsOf: URL(filePath: "\(folder)/gateway.pem"))
        await #expect(throws: ManagerError(.unreachable, "")) {
          let _: GatewayView = try await client.post("gateways/hall-1/renew")
        }
        try await old.running(folder, manager: address) { events in
          let serial = try await serial(client)
          let view: GatewayView = try await client.post("gateways/hall-1/renew")
          #expect(view.serial != nil && view.serial != serial)
          let after = try Data(contentsOf: URL(filePath: "\(folder)/gateway.pem"))
          #expect(after != before)
          try await eventually("the new one is in force") { try await self.serial(client) == view.serial }
          try await eventually("it is connected with that") {
            let gateways: PageView<GatewayView> = try await client.get("gateways")
            return gateways.items.first?.connected == true
          }
          let all: PageView<CertificateView> = try await client.get("certificates")
          #expect(all.items.filter { $0.holderKind == "gateway" }.map(\.state) == [.superseded, .active])
          #expect(events().contains { if case .identityRenewed = $0 { true } else { false } })
          // OpenSSL takes it for a client's, under the same anchor and for the same key.
          let path = try Tool.run(
            "openssl",
            [
              "verify", "-purpose", "sslclient", "-CAfile", "\(folder)/ca.pem", "-untrusted", "\(folder)/gateway.pem",
              "\(folder)/gateway.pem",
            ])
          #expect(String(decoding: path, as: UTF8.self).contains("OK"))
          await #expect(throws: (any Error).self) {
            try await old.connected(to: address) { connection in
              _ = try await connection.request(.request(.get, "x").from("d1"), timeout: .seconds(10))
            }
          }
          let audit: PageView<AuditEntry> = try await client.get("audit", query: ["limit": "500"])
          #expect(audit.items.count { $0.action == "gateway-renewed" } == 1)
        }
      }
    }
  }

  @Test(
    "Lost after the manager issued it and before the gateway stored it: the old one still serves, and asked again the same comes",
    .timeLimit(.minutes(3)))
  func lost() async throws {
    let network = try await LiveNetwork()
    try await network.withAuthority {
      let gateway = try await network.withManager { client, address in
        let gateway = try await TestGateway.enrol("hall-1", devices: [], by: client, of: network)
        try await gateway.connected(to: address) { connection in
          let early = try await renew(gateway, gateway.key, over: connection)
          #expect(early.code == .forbidden)
        }
        return gateway
      }
      let answers = Answers()
      for _ in 0..<2 {
        try await network.withManager { client, address in
          // It comes with the old certificate, each time after a restart of both.
          let connection = try await gateway.connect(to: address)
          try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
              try? await connection.run { request in
                // The manager wants it, asks, and the gateway does; what it gets it loses.
                guard request.uriPath == ["renew"] else { return .response(.notFound) }
                let other = try? await renew(gateway, SigningKey(), over: connection)
                #expect(other?.code == .forbidden)
                guard let answer = try? await renew(gateway, gateway.key, over: connection), answer.code == .changed
                else {
                  return .response(.internalServerError)
                }
                answers.list.withLock { $0.append(answer.payload) }
                return .response(.changed)
              }
            }
            defer { group.cancelAll() }
            try await eventually("it is connected") {
              let gateways: PageView<GatewayView> = try await client.get("gateways")
              return gateways.items.first?.connected == true
            }
            let _: GatewayView = try await client.post("gateways/hall-1/renew")
          }
        }
      }
      let got = answers.list.withLock { $0 }
      #expect(got.count == 2 && got[0] == got[1] && !got[0].isEmpty)
    }
  }

  @Test("The time is two thirds of the certificate's life")
  func due() throws {
    let authority = try TestAuthority(now: Date())
    let key = SigningKey()
    let certificate = try authority.issue(
      try CertificationRequest(subject: Subject(commonName: "g"), key: key), profile: .gateway
    ).certificate
    let gateway = TestGateway(
      name: "g", devices: [],
      credentials: GatewayCredentials(
        certificate: try certificate.pem, chain: "", anchor: try authority.anchor.pem), key: key)
    let folder = try TemporaryFolder()
    let identity = try GatewayIdentity(directory: try gateway.install(in: folder.path))
    let life = certificate.notValidAfter.timeIntervalSince(certificate.notValidBefore)
    let time = certificate.notValidBefore.addingTimeInterval(life * 2 / 3)
    #expect(!identity.isRenewalDue(at: time - 1) && identity.isRenewalDue(at: time + 1))
  }

  private func serial(_ client: AdminClient) async throws -> String? {
    let gateways: PageView<GatewayView> = try await client.get("gateways")
    return gateways.items.first?.serial
  }
}

/// What the manager gave.
private final class Answers: Sendable {
  let list = Mutex<[[UInt8]]>([])
}

/// As a gateway asks for its next certificate.
private func renew(
  _ gateway: TestGateway, _ key: SigningKey, over connection: CoAPConnection
) async throws -> CoAPMessage {
  let request = try CertificationRequest(subject: Subject(commonName: gateway.name), key: key)
  return try await connection.request(
    .request(.post, "renew", contentFormat: .pkcs10, payload: request.derBytes), timeout: .seconds(45))
}

extension TestGateway {
  /// Puts its files where `muster gateway enrol` would.
  fileprivate func install(in folder: String) throws -> String {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try DurableFile.replace("\(folder)/gateway.key", bytes: Array(key.pem.utf8), mode: 0o600)
    try DurableFile.replace("\(folder)/gateway.pem", bytes: Array((credentials.certificate + credentials.chain).utf8))
    try DurableFile.replace("\(folder)/ca.pem", bytes: Array(credentials.anchor.utf8))
    return folder
  }

  /// Runs `muster gateway`'s own code on such a folder while `body` runs.
  fileprivate func running(
    _ folder: String, manager: ListenAddress, _ body: (_ events: () -> [GatewayEvent]) async throws -> Void
  ) async throws {
    var configuration = try GatewayConfiguration(
      identity: GatewayIdentity(directory: folder), manager: ManagerAddress(host: manager.host, port: manager.port),
      lines: [], udp: UDPSettings(address: try UDPAddress(parsing: "127.0.0.1:0")))
    configuration.identityCheckInterval = .milliseconds(50)
    let events = Mutex<[GatewayEvent]>([])
    let gateway = Gateway(configuration: configuration) { event in events.withLock { $0.append(event) } }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await gateway.run() }
      defer { group.cancelAll() }
      try await eventually("the gateway has its manager") {
        events.withLock { $0.contains { if case .managerConnected = $0 { true } else { false } } }
      }
      try await body { events.withLock { $0 } }
    }
  }
}
