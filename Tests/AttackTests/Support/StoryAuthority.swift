import PKI
import Synchronization

@testable import Manager

/// The story's CA as the manager sees it: it issues what is ordered, once an order.
final class StoryAuthority: CertificateAuthority {
  private let authority: Authority
  private let issued = Mutex<[OrderID: IssuedCertificate]>([:])

  init(_ authority: Authority) { self.authority = authority }

  func prepare(_ order: Order) async throws -> PreparedOrder {
    guard let transaction = order.id.transaction else { throw AttackError.setup }
    let request = CMCRequest(
      transaction: transaction, certificationRequest: try CertificationRequest(order.request))
    return PreparedOrder(order: order, message: order.request, request: request)
  }

  func send(_ prepared: PreparedOrder) async -> AuthorityAnswer {
    issued.withLock { issued in
      if let known = issued[prepared.order.id] { return .issued(known) }
      do {
        let certificate = try authority.issue(try CertificationRequest(prepared.order.request))
        let answer = IssuedCertificate(certificate: certificate, issuers: [authority.issuing])
        issued[prepared.order.id] = answer
        return .issued(answer)
      } catch {
        return .refused("\(error)")
      }
    }
  }
}
