import Foundation
import PKI
import X509

/// Where orders go out: each message is durable before it is sent.
struct OrderDesk: Sendable {
  let ledger: Ledger
  let authority: any CertificateAuthority

  /// Sends an order once and takes the answer.
  ///
  /// - Throws: the store's errors only. Then nothing was sent, or the answer is not known: send it again, it is the same order.
  func place(_ order: Order) async throws -> AuthorityAnswer {
    let prepared: PreparedOrder
    do {
      prepared = try await authority.prepare(order)
    } catch let error as ManagerError {
      return .later(atLeast: .zero, error.description)
    }
    try await ledger.commit(.sendOrder(order.id, message: prepared.message), by: .manager)
    let answer = await authority.send(prepared)
    guard case .issued(let issued) = answer, try await isTwice(issued.certificate) else { return answer }
    return .later(
      atLeast: .zero,
      "The CA's answer cannot be trusted (serial-number-twice): another of its certificates has the same serial number."
    )
  }

  /// Whether its issuer has given its serial number to another certificate: revoking one of them would be revoking both.
  private func isTwice(_ certificate: Certificate) async throws -> Bool {
    let der = try certificate.der
    return try await ledger.store.certificates(serial: certificate.serialNumber.hexadecimal).contains {
      $0.issuer == String(describing: certificate.issuer) && $0.der != der
    }
  }

  /// Orders a certificate for a gateway or the manager itself, or goes on with the order that its key has already.
  ///
  /// - Returns: the certificate, which is active then, or what the CA said instead.
  /// - Throws: ``ManagerError``: `conflict` when the key is another holder's, `refused` when the CA refused, `unreachable`
  ///   when it cannot issue now (the order stays open: ask again).
  func obtain(
    _ request: CertificationRequest, for holder: Holder, profile: String, by actor: Actor
  ) async throws -> CertificateRecord {
    let key = KeyDigest(sha256: request.keyDigest)
    if let known = try await ledger.store.holder(of: key), known != holder {
      throw ManagerError(
        .conflict, "The key was seen before, for \(known.kind) \(known.name).", remedy: "Make a new key.")
    }
    return try await obtain(request, key: key, for: holder, profile: profile, by: actor)
  }

  private func obtain(
    _ request: CertificationRequest, key: KeyDigest, for holder: Holder, profile: String, by actor: Actor
  ) async throws -> CertificateRecord {
    let known = try await ledger.store.order(for: holder, key: key)
    if let known, let record = try await ledger.store.certificate(from: known.id),
      record.state == .active, !RenewalRule.isDue(record, now: ledger.clock.now)
    {
      return record
    }
    let order: Order
    if let known, known.state == .open {
      order = known
    } else {
      order = try await newOrder(request, key: key, for: holder, profile: profile, by: actor)
    }
    return try await complete(order, as: .active)
  }

  /// Orders a gateway's next certificate for the key it has, or goes on with that order. What is in force stays so.
  ///
  /// - Returns: the certificate, which the gateway is to show before it counts.
  /// - Throws: as ``obtain(_:for:profile:by:)``.
  func renew(_ request: CertificationRequest, for gateway: String) async throws -> CertificateRecord {
    let (holder, key) = (Holder.gateway(gateway), KeyDigest(sha256: request.keyDigest))
    if let known = try await ledger.store.order(for: holder, key: key) {
      if known.state == .open { return try await complete(known, as: .issued) }
      if let record = try await ledger.store.certificate(from: known.id), record.state == .issued { return record }
    }
    let order = Order(
      id: .fresh(), holder: holder, profile: "gateway", key: key, request: request.derBytes,
      createdAt: ledger.clock.now)
    try await ledger.commit(.placeGatewayRenewal(order), by: .gateway(gateway))
    return try await complete(order, as: .issued)
  }

  private func complete(_ order: Order, as state: CertificateState) async throws -> CertificateRecord {
    switch try await place(order) {
    case .issued(let issued):
      let record = try CertificateRecord(issued, for: order, state: state, now: ledger.clock.now)
      try await ledger.commit(.issue(record), by: .manager)
      return record
    case .later(_, let detail): throw ManagerError(.unreachable, detail, remedy: "Try again in a while.")
    case .disowned(let detail): throw ManagerError.disowned(detail)
    case .refused(let detail):
      let problem = Problem(.authorityRefused, detail, held: true, at: ledger.clock.now)
      try await ledger.commit(.refuseOrder(order, problem), by: .manager)
      throw ManagerError(.refused, "The CA refused the order: \(detail)")
    }
  }

  private func newOrder(
    _ request: CertificationRequest, key: KeyDigest, for holder: Holder, profile: String, by actor: Actor
  ) async throws -> Order {
    let order = Order(
      id: .fresh(), holder: holder, profile: profile, key: key, request: request.derBytes,
      createdAt: ledger.clock.now)
    try await ledger.commit(.placeOwnOrder(order), by: actor)
    return order
  }
}

extension ManagerError {
  /// The CA takes no orders from this manager any more.
  static func disowned(_ detail: String) -> ManagerError {
    ManagerError(
      .refused, "The CA takes no orders from this manager: \(detail)",
      remedy:
        "Enrol it again: 'muster manager enrol --dir DIR --ca-code-file FILE', with a new code of 'muster ca code'.")
  }
}
