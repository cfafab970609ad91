import HTTPTypes
import Hummingbird

/// Counts the admin API's answers, and gives each the id that the log knows its request by.
struct AdminMeasuring: RouterMiddleware {
  typealias Context = AdminContext
  let meter: ManagerMeter

  func handle(
    _ request: Request, context: Context, next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    let start = ContinuousClock.now
    var response = try await next(request, context)
    meter.adminDurations.add(ContinuousClock.now - start)
    meter.adminAnswers.add(response.status.code / 100)
    response.headers[.requestID] = context.requestID
    return response
  }
}

extension HTTPField.Name {
  /// A token (RFC 9110 §5.6.2), so that there always is such a name.
  fileprivate static let requestID = Self("X-Request-Id")!
}
