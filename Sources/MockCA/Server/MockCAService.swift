import Durability
import Foundation
import Hummingbird
import NIOCore
public import ServiceLifecycle

/// A CA that was built. While this value lives, its process holds the CA's directory.
public struct MockCAService: Service {
  private let application: any ApplicationProtocol
  private let address: String
  private let lock: FileLock?

  init(application: some ApplicationProtocol, address: String, lock: FileLock?) {
    self.application = application
    self.address = address
    self.lock = lock
  }

  /// Serves until graceful shutdown or cancellation: for a `ServiceGroup`.
  ///
  /// - Throws: ``MockCAError`` with code `cannotListen`.
  public func run() async throws { try await explained { try await application.run() } }

  /// Serves until the process gets SIGTERM or SIGINT: for a command.
  ///
  /// - Throws: ``MockCAError`` with code `cannotListen`.
  public func runUntilSignalled() async throws { try await explained { try await application.runService() } }

  /// Only listening fails in these ways: what happens on a connection ends there.
  private func explained(_ body: () async throws -> Void) async throws {
    do {
      try await body()
    } catch let error as IOError {
      throw cannotListen(String(cString: strerror(error.errnoCode)))
    } catch is SocketAddressError.UnknownHost {
      throw cannotListen("there is no such address")
    }
  }

  private func cannotListen(_ why: String) -> MockCAError {
    MockCAError(
      .cannotListen, "The CA cannot listen on \(address): \(why).",
      remedy: "Give --listen another address, or stop who has this one.")
  }
}
