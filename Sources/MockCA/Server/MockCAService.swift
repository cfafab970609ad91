import Durability
import Foundation
import Hummingbird
import Logging
import NIOCore
public import ServiceLifecycle
import UnixSignals

/// A CA that was built. While this value lives, its process holds the CA's directory.
public struct MockCAService: Service {
  private let services: [any Service]
  private let addresses: [String]
  private let lock: FileLock?

  init(services: [any Service], addresses: [String], lock: FileLock?) {
    self.services = services
    self.addresses = addresses
    self.lock = lock
  }

  /// Serves until graceful shutdown or cancellation: for a `ServiceGroup`.
  ///
  /// - Throws: ``MockCAError`` with code `cannotListen`.
  public func run() async throws { try await run(until: []) }

  /// Serves until the process gets SIGTERM or SIGINT: for a command.
  ///
  /// - Throws: ``MockCAError`` with code `cannotListen`.
  public func runUntilSignalled() async throws { try await run(until: [.sigterm, .sigint]) }

  /// Only listening fails in these ways: what happens on a connection ends there.
  private func run(until signals: [UnixSignal]) async throws {
    do {
      try await ServiceGroup(
        configuration: .init(services: services, gracefulShutdownSignals: signals, logger: .silent)
      ).run()
    } catch let error as IOError {
      throw cannotListen(String(cString: strerror(error.errnoCode)))
    } catch is SocketAddressError.UnknownHost {
      throw cannotListen("there is no such address")
    }
  }

  private func cannotListen(_ why: String) -> MockCAError {
    MockCAError(
      .cannotListen, "The CA cannot listen on \(addresses.joined(separator: " and ")): \(why).",
      remedy: "Give --listen or --status-port another one, or stop who has this one.")
  }
}
