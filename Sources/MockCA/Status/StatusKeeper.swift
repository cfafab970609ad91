import Foundation
import PKI
import ServiceLifecycle

/// Keeps certificates' status fresh: makes CRLs anew in time, signs OCSP answers beforehand, replaces the responders'
/// certificates.
struct StatusKeeper: Service {
  let issuer: Issuer
  let lists: CRLShelf
  let ocsp: OCSPDesk
  let now: @Sendable () -> Date
  let onEvent: @Sendable (MockCAEvent) -> Void

  /// How often it looks whether something is to be done: lists grow old, and `muster ca` in another process issues nothing but changes
  /// much, without a word to this one.
  private static let interval = Duration.seconds(5)

  func run() async throws {
    await cancelWhenGracefulShutdown {
      var position: Int64 = 0
      while !Task.isCancelled {
        do {
          position = try await keep(after: position)
        } catch is CancellationError {
          return
        } catch {
          // A full disk now may be an empty one in five seconds; what was told before still holds for hours.
          onEvent(.statusFailed("\(error)"))
        }
        try? await Task.sleep(for: Self.interval)
      }
    }
  }

  /// Does what is due.
  ///
  /// - Parameter position: the last certificate that has an answer signed beforehand.
  /// - Returns: the next `position`.
  func keep(after position: Int64) async throws -> Int64 {
    let now = now()
    for issuer in try await lists.refresh(log: issuer.store.log, now: now) { onEvent(.listed(issuer: issuer)) }
    try await ocsp.renewSigners(issuer, now: now)
    return try await ocsp.prepare(after: position, now: now).position
  }
}
