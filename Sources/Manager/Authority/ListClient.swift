import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import PKI

/// Fetches CRLs over plain HTTP (RFC 5280 §4.2.1.13): they are signed, and whoever fetches one may be checking TLS.
struct ListClient: Sendable {
  private let http: HTTPClient
  private let deadline: TimeAmount

  /// - Parameter deadline: within which a list must be there, whole.
  init(deadline: TimeAmount = .seconds(60)) {
    var configuration = HTTPClient.Configuration(
      redirectConfiguration: .disallow, timeout: .init(connect: .seconds(10), read: .seconds(30)))
    configuration.connectionPool.retryConnectionEstablishment = false
    http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    self.deadline = deadline
  }

  func shutdown() async throws { try await http.shutdown() }

  /// - Throws: ``ManagerError``: `unreachable`, or `protocolViolation` when there is no list.
  func fetch(_ url: String) async throws(ManagerError) -> [UInt8] {
    do {
      let response = try await http.execute(HTTPClientRequest(url: url), deadline: .now() + deadline)
      guard response.status.code == 200 else {
        throw ManagerError(.protocolViolation, "\(url) answered with HTTP status \(response.status.code).")
      }
      return Array(try await response.body.collect(upTo: RevocationList.longestBytes).readableBytesView)
    } catch let error as ManagerError {
      throw error
    } catch {
      throw ManagerError(
        error, asking: "The CA's list at \(url)", anchor: "nothing: it is plain HTTP", advice: "Check that the CA runs."
      )
    }
  }
}
