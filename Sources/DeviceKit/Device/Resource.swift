import CoAP

/// The device's resources (docs/spec/device.md).
enum Resource {
  case id
  case provision
  case trust
  case csr
  case crt
  case status
  case reset

  /// The resource a request is for; `nil` when there is none of that name.
  @inline(never)
  init?(_ request: Message, in frame: Span<UInt8>) {
    if request.matches(path: "crt", in: frame) {
      self = .crt
    } else if request.matches(path: "csr", in: frame) {
      self = .csr
    } else if request.matches(path: "status", in: frame) {
      self = .status
    } else if request.matches(path: "trust", in: frame) {
      self = .trust
    } else if request.matches(path: "reset", in: frame) {
      self = .reset
    } else if request.matches(path: "id", in: frame) {
      self = .id
    } else if request.matches(path: "provision", in: frame) {
      self = .provision
    } else {
      return nil
    }
  }

  /// Whether it is there in factory state, and only there.
  var isForFactory: Bool {
    switch self {
    case .id, .provision: true
    case .trust, .csr, .crt, .status, .reset: false
    }
  }

  /// Whether a request has to prove that it was made just now (RFC 9175 §2): one that a gateway held back for an hour must
  /// not do its work then. Blocks of certificates change nothing before the last.
  func changesState(by request: Message, in frame: Span<UInt8>) -> Bool {
    switch self {
    case .id, .provision, .status: false
    case .csr, .reset, .trust: true
    case .crt: request.code == .put && !request.isUnfinished(in: frame)
    }
  }

  /// The method it is asked by; `/crt` also by GET.
  var method: Code {
    switch self {
    case .id, .status: .get
    case .provision, .csr, .reset: .post
    case .crt, .trust: .put
    }
  }
}
