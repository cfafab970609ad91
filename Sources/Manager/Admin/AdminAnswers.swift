import Edge
import Foundation
import Hummingbird
import NIOCore

/// Answers of the admin API in their media types.
enum AdminAnswer {
  static func json(_ value: some Encodable, status: HTTPResponse.Status = .ok) throws -> Response {
    bytes(Array(try AdminJSON.encoder.encode(value)), type: "application/json", status: status)
  }

  static func bytes(_ bytes: [UInt8], type: String, status: HTTPResponse.Status = .ok) -> Response {
    Response(
      status: status, headers: [.contentType: type, .cacheControl: "no-store"],
      body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
  }

  /// - Parameter status: what says it better than the error's own.
  static func problem(_ error: ManagerError, status: HTTPResponse.Status? = nil) -> Response {
    var document = ProblemDocument(error)
    if let status { document.status = status.code }
    let body = (try? AdminJSON.encoder.encode(document)) ?? Data()
    return bytes(Array(body), type: "application/problem+json", status: .init(code: document.status))
  }
}

extension Request {
  /// The body as JSON, all of it in ten seconds: the idle timeout alone does not bound one that trickles.
  ///
  /// - Throws: ``ManagerError`` with code `invalid`.
  func json<Value: Decodable & Sendable>(_ type: Value.Type, _ context: AdminContext) async throws -> Value {
    let buffer = try await collected(upTo: context.maxUploadSize, within: .seconds(10))
    do {
      return try AdminJSON.decoder.decode(type, from: Data(buffer.readableBytesView))
    } catch {
      throw ManagerError(.invalid, "The body is not the JSON that this resource takes.")
    }
  }

  /// The body as text, all of it in a minute.
  ///
  /// - Throws: ``ManagerError`` with code `invalid`.
  func text(upTo limit: Int) async throws -> String {
    let buffer = try await collected(upTo: limit, within: .seconds(60))
    guard let text = String(validating: buffer.readableBytesView, as: UTF8.self) else {
      throw ManagerError(.invalid, "The body is not UTF-8.")
    }
    return text
  }

  private func collected(upTo limit: Int, within time: Duration) async throws -> ByteBuffer {
    do {
      return try await withDeadline(time) { [body] in try await body.collect(upTo: limit) }
    } catch let error as HTTPError where error.status == .contentTooLarge {
      throw error
    } catch is NIOTooManyBytesError {
      throw HTTPError(.contentTooLarge)
    } catch is DeadlineExceeded {
      throw ManagerError(.invalid, "The body took longer than \(time.components.seconds) seconds.")
    } catch {
      throw ManagerError(.invalid, "The body broke off.")
    }
  }

  /// A query parameter that is `true`, `false` or left out.
  func flag(_ name: String) throws(ManagerError) -> Bool {
    switch uri.queryParameters[Substring(name)] {
    case nil, "false": false
    case "true": true
    default: throw ManagerError(.invalid, "'\(name)' must be true or false.")
    }
  }

  /// A query parameter of whole seconds; nil when it is left out.
  func seconds(_ name: String) throws(ManagerError) -> TimeInterval? {
    guard let text = uri.queryParameters[Substring(name)] else { return nil }
    guard let seconds = Int(text), (1...315_360_000).contains(seconds) else {
      throw ManagerError(.invalid, "'\(name)' must be a number of seconds from 1 to 315360000.")
    }
    return TimeInterval(seconds)
  }

  /// The query's `limit`, 1 to 500, and `after`.
  func page() throws(ManagerError) -> (after: String?, limit: Int) {
    let limit = uri.queryParameters["limit"].map { Int($0) ?? 0 } ?? 100
    guard (1...500).contains(limit) else { throw ManagerError(.invalid, "'limit' must be a number from 1 to 500.") }
    return (uri.queryParameters["after"].map(String.init), limit)
  }

  /// As ``page()``, for lists whose `after` is a number.
  func numberedPage() throws(ManagerError) -> (after: String?, limit: Int) {
    let page = try page()
    if let after = page.after, Int64(after) == nil {
      throw ManagerError(.invalid, "'after' must be the 'next' of the page before: a number.")
    }
    return page
  }

  /// A query parameter of a closed set.
  func choice<Value: RawRepresentable<String> & CaseIterable>(_ name: String) throws(ManagerError) -> Value? {
    guard let text = uri.queryParameters[Substring(name)] else { return nil }
    guard let value = Value(rawValue: String(text)) else {
      let known = Value.allCases.map(\.rawValue).joined(separator: ", ")
      throw ManagerError(.invalid, "'\(name)' must be one of: \(known).")
    }
    return value
  }
}

/// Turns every error into a problem document (RFC 9457), so that handlers just throw.
struct ProblemMiddleware: RouterMiddleware {
  typealias Context = AdminContext
  /// Told of what is no caller's fault, with the request's id.
  let report: @Sendable (any Error, String) -> Void

  func handle(
    _ request: Request, context: Context, next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    do {
      return try await next(request, context)
    } catch let error as ManagerError {
      return AdminAnswer.problem(error)
    } catch let error as HTTPError where error.status == .notFound {
      return AdminAnswer.problem(ManagerError(.notFound, "There is no resource \(request.uri.path.prefix(200))."))
    } catch let error as HTTPError where error.status == .contentTooLarge {
      return AdminAnswer.problem(
        ManagerError(.invalid, "The body is longer than this resource takes."), status: error.status)
    } catch let error as HTTPError {
      return Response(status: error.status)
    } catch {
      report(error, context.requestID)
      return AdminAnswer.problem(ManagerError(.database, "The manager failed; its log says why."))
    }
  }
}

extension RouterGroup<AdminContext> {
  /// Answers every other method of a resource with 405 and the ones it has (RFC 9110 §15.5.6), where the router would say
  /// that there is no such resource.
  func refuseOthers(than methods: [HTTPRequest.Method], at path: RouterPath = "") {
    let allowed = methods.map(\.rawValue).joined(separator: ", ")
    for method: HTTPRequest.Method in [.get, .head, .post, .put, .patch, .delete] where !methods.contains(method) {
      on(path, method: method) { _, _ in
        var response = AdminAnswer.problem(
          ManagerError(.invalid, "The resource has no method \(method.rawValue), only \(allowed)."),
          status: .methodNotAllowed)
        response.headers[.allow] = allowed
        return response
      }
    }
  }
}
