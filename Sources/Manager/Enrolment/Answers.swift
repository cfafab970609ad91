import PKI

/// How a device answered the call for its certificate signing request.
enum RequestAnswer: Equatable, Sendable {
  case request([UInt8])
  /// It answered, but with an error.
  case refused(String)
  /// It did not answer, or there is no way to it at the moment.
  case unreachable(String)
}

/// How a device answered the delivery of its certificate.
enum DeliveryAnswer: Equatable, Sendable {
  case accepted
  case refused(String)
  case unreachable(String)
}

/// What the store knows of a key.
struct KeyKnowledge: Equatable, Sendable {
  /// For whom it was seen before.
  var holder: Holder?
  /// The device's newest order for it that was not refused.
  var order: Order?
  /// What that order ended with.
  var certificate: CertificateRecord?
  /// An unused id, in case a new order is needed.
  var fresh: OrderID
}
