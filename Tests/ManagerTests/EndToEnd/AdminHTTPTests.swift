import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOSSL
import PKI
import Testing

@testable import Manager

@Suite("What HTTP itself has rules for, at the admin API", .serialized)
struct AdminHTTPTests {
  @Test("A method that a resource does not have is 405, a body too long is 413", .timeLimit(.minutes(2)))
  func methods() async throws {
    let network = try await LiveNetwork()
    try await network.withAuthority {
      try await network.withManager { client, _ in
        let _: DeviceView = try await client.post("devices", DeviceAddition(id: "D1"))
        let base = "https://\(try #require(network.events.first(.ready, from: 0)?.admin))/api/v1/"
        let http = try Self.client(network.managerFolder.credentials)
        var requests: Set<String> = []
        for (method, path, allow) in [
          (HTTPMethod.PUT, "devices/D1", "GET"), (.DELETE, "devices/D1", "GET"), (.DELETE, "devices", "GET, POST"),
          (.GET, "devices/D1/approve", "POST"), (.PUT, "gateways", "GET, POST"), (.POST, "status", "GET"),
          (.DELETE, "certificates/00", "GET"), (.PATCH, "audit", "GET"),
        ] {
          var request = HTTPClientRequest(url: base + path)
          request.method = method
          let response = try await http.execute(request, timeout: .seconds(60))
          #expect(response.status == .methodNotAllowed, "\(method) \(path)")
          #expect(response.headers.first(name: "Allow") == allow)
          let id = try #require(response.headers.first(name: "X-Request-Id"))
          #expect(id.wholeMatch(of: /[0-9a-f]{32}/) != nil && requests.insert(id).inserted)
          #expect(response.headers.first(name: "Content-Type") == "application/problem+json")
        }
        var long = HTTPClientRequest(url: base + "devices")
        long.method = .POST
        long.body = .bytes(ByteBuffer(repeating: UInt8(ascii: "x"), count: 20_000))
        let response = try await http.execute(long, timeout: .seconds(60))
        #expect(response.status.code == 413)
        try await http.shutdown()
      }
    }
  }

  @Test(
    "A server that refuses, is unknown or shows another's certificate is told apart in words of our own",
    .timeLimit(.minutes(2)))
  func troubles() async throws {
    let network = try await LiveNetwork()
    try await network.withAuthority {
      try await network.withManager { _, _ in
        let address = try #require(network.events.first(.ready, from: 0)?.admin)
        let other = try await LiveNetwork()
        let credentials = network.managerFolder.credentials
        let stranger = "\(other.folder.path)/admin"
        try FileManager.default.copyItem(atPath: credentials, toPath: stranger)
        try FileManager.default.removeItem(atPath: "\(stranger)/ca.pem")
        try DurableFile.create("\(stranger)/ca.pem", bytes: Array(try TestAuthority(now: Date()).anchor.pem.utf8))
        for (manager, folder, code, words) in [
          ("https://127.0.0.1:1", credentials, ManagerError.Code.unreachable, "nobody listens there"),
          ("https://nowhere.invalid:1", credentials, .unreachable, "its name has no address"),
          ("https://\(address)", stranger, .protocolViolation, "does not lead to ca.pem"),
        ] {
          let start = ContinuousClock.now
          let error = await #expect(throws: ManagerError(code, "")) {
            try await AdminClient.with(manager: manager, credentials: folder) { client in
              let _: StatusView = try await client.get("status")
            }
          }
          #expect(error?.reason.contains(words) == true, "\(error?.reason ?? "")")
          #expect(error?.reason.contains(".cc") == false)
          #expect(ContinuousClock.now - start < .seconds(4))
        }
      }
    }
  }

  private static func client(_ credentials: String) throws -> HTTPClient {
    var tls = TLSConfiguration.makeClientConfiguration()
    tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile("\(credentials)/ca.pem"))
    tls.certificateChain = try NIOSSLCertificate.fromPEMFile("\(credentials)/admin.pem").map { .certificate($0) }
    tls.privateKey = .privateKey(try NIOSSLPrivateKey(file: "\(credentials)/admin.key", format: .pem))
    return HTTPClient(eventLoopGroupProvider: .singleton, configuration: .init(tlsConfiguration: tls))
  }
}
