/// Calling devices: the engine's way out to them. Neither call throws; whatever goes wrong is an answer.
protocol DeviceCalling: Sendable {
  /// Asks the device for its certificate signing request (`POST /csr`).
  func callForRequest(_ device: Device) async -> RequestAnswer
  /// Brings the device its certificate (`PUT /crt`).
  func deliver(_ certificate: CertificateRecord, to device: Device) async -> DeliveryAnswer
}
