import Hummingbird
import PKI
import SwiftASN1
import X509

/// `/api/v1/certificates`.
struct CertificateController: Sendable {
  let store: any Store

  func addRoutes(to group: RouterGroup<AdminContext>) {
    refuseOthers(group)
    group.get(use: list)
    group.get(":id") { request, context in
      try AdminAnswer.json(CertificateView(try await record(context)))
    }
    group.get(":id/pem") { request, context in
      try pem([try await record(context).der])
    }
    group.get(":id/chain") { request, context in
      try pem(try await record(context).chain)
    }
    group.get(":id/csr") { request, context in
      AdminAnswer.bytes(try await order(context).request, type: "application/pkcs10")
    }
    group.get(":id/order") { request, context in
      guard let message = try await order(context).sent else {
        throw ManagerError(.notFound, "This certificate was not ordered by a signed message.")
      }
      // With a sub-CA of the manager's own it is no CMS.
      let isOrder = (try? UnverifiedCMCRequest(message)) != nil
      return AdminAnswer.bytes(message, type: isOrder ? "application/pkcs7-mime" : "application/octet-stream")
    }
    group.get(":id/report") { request, context in
      guard let report = try await record(context).report else {
        throw ManagerError(.notFound, "Nobody has reported this certificate yet.")
      }
      return AdminAnswer.bytes(report, type: "application/cose; cose-type=\"cose-sign1\"")
    }
  }

  private func refuseOthers(_ group: RouterGroup<AdminContext>) {
    let paths: [RouterPath] = ["", ":id", ":id/pem", ":id/chain", ":id/csr", ":id/order", ":id/report"]
    for path in paths { group.refuseOthers(than: [.get], at: path) }
  }

  @Sendable private func list(_ request: Request, _ context: AdminContext) async throws -> Response {
    let (after, limit) = try request.numberedPage()
    let holder = try request.uri.queryParameters["device"].map { Holder.device(try DeviceID(String($0))) }
    let state: CertificateState? = try request.choice("state")
    let page = try await store.certificates(of: holder, in: state, after: after, limit: limit)
    return try AdminAnswer.json(PageView(items: page.items.map(CertificateView.init), next: page.next))
  }

  /// By fingerprint, or by serial number if only one certificate has it.
  private func record(_ context: AdminContext) async throws -> CertificateRecord {
    let name = (context.parameters.get("id") ?? "").lowercased()
    if name.count == 64, let record = try await store.certificate(CertificateID(stored: name)) { return record }
    let found = try await store.certificates(serial: name)
    guard let record = found.first else {
      throw ManagerError(
        .notFound, "There is no certificate \(name.prefix(64)).", remedy: "'muster cert list' shows all.")
    }
    guard found.count == 1 else {
      throw ManagerError(.conflict, "Several certificates have this serial number.", remedy: "Use the fingerprint.")
    }
    return record
  }

  private func order(_ context: AdminContext) async throws -> Order {
    let record = try await record(context)
    guard let order = try await store.order(record.orderID) else {
      throw ManagerError(.notFound, "The order \(record.orderID) is gone.")
    }
    return order
  }

  private func pem(_ certificates: [[UInt8]]) throws -> Response {
    let text = try certificates.map { try Certificate(derEncoded: $0).pem }.joined()
    return AdminAnswer.bytes(Array(text.utf8), type: "application/x-pem-file")
  }
}
