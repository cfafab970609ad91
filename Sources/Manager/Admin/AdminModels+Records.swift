import Foundation

extension DeviceView {
  init(_ device: Device, certificate: CertificateTerm?) {
    self.init(
      id: device.id.text, state: device.state, model: device.model, firmware: device.firmware,
      gateway: device.route?.gateway, line: device.route?.line, claims: device.claim.map { "\($0.holding)" },
      serial: certificate?.serial, notAfter: certificate?.notAfter, problem: device.problem,
      createdAt: device.createdAt, changedAt: device.changedAt, seenAt: device.seenAt,
      thumbprint: device.thumbprint?.text, alarm: device.alarm,
      profile: device.estProfile)
  }
}

extension CertificateView {
  init(_ record: CertificateRecord) {
    self.init(
      serial: record.serial, fingerprint: record.id.text, state: record.state, holderKind: record.holder.kind,
      holder: record.holder.name, subject: record.subject.withAttributeNames,
      issuer: record.issuer.withAttributeNames, notBefore: record.notBefore,
      notAfter: record.notAfter, key: record.key.text, order: record.orderID.text, refusal: record.refusal,
      createdAt: record.createdAt)
  }
}

extension String {
  /// A distinguished name with `serialNumber` where the library that wrote it knows only the number (RFC 4519 §2.31).
  fileprivate var withAttributeNames: String { replacing(/(^|[,+] ?)2\.5\.4\.5=/) { "\($0.output.1)serialNumber=" } }
}

extension ProblemDocument {
  init(_ error: ManagerError) {
    self.init(
      type: Self.typePrefix + error.code.rawValue, title: error.code.title, status: error.code.httpStatus,
      detail: error.reason, remedy: error.remedy)
  }

  /// The error again, on the client's side.
  public var error: ManagerError {
    let code =
      type.hasPrefix(Self.typePrefix) ? ManagerError.Code(rawValue: String(type.dropFirst(Self.typePrefix.count))) : nil
    return ManagerError(code ?? (status < 500 ? .invalid : .unreachable), detail, remedy: remedy)
  }
}

extension ManagerError.Code {
  var httpStatus: Int {
    switch self {
    case .invalid: 400
    case .forbidden: 403
    case .notFound: 404
    case .conflict, .alreadyExists: 409
    case .refused: 422
    case .overloaded: 429
    case .unreachable, .protocolViolation: 502
    case .configuration, .unreadableFile, .cannotWrite, .databaseTooNew, .database: 500
    }
  }

  var title: String {
    switch self {
    case .invalid: "The request is wrong"
    case .forbidden: "Not allowed"
    case .notFound: "Not found"
    case .conflict: "The state forbids it"
    case .alreadyExists: "It exists already"
    case .refused: "A peer refused"
    case .overloaded: "Too much at once"
    case .unreachable: "A peer does not answer"
    case .protocolViolation: "A peer broke the protocol"
    case .configuration, .unreadableFile, .cannotWrite, .databaseTooNew, .database: "The manager cannot do it"
    }
  }
}
