/// Tells what happens in a network, as it happens, in the six steps of the design's opening.
actor Story {
  private let print: @Sendable (String) -> Void
  private var told: Set<String> = []

  init(print: @escaping @Sendable (String) -> Void) {
    self.print = print
  }

  func say(_ line: String) { print(line) }

  func tell(_ event: Event) {
    guard let sentence = sentence(for: event) else { return }
    // A device that is asked again after a fault passes the same step again; its story is told once.
    guard told.insert(sentence).inserted else { return }
    print(sentence)
  }

  private func sentence(for event: Event) -> String? {
    switch (event.source, event.kind) {
    case ("manager", "identity"):
      event["role"] == "ra"
        ? "  1  The manager enrolled itself with the CA: its registration authority's certificate is "
          + short(event["serial"])
        : "     It has its \(event["role"] ?? "other") certificate too: \(short(event["serial"]))"
    case ("gateway", "manager-connected"): "     The gateway is connected to the manager by mutual TLS 1.3."
    case ("gateway", "line-up"): "     The device on \(event["line"] ?? "a line") answers the gateway's greeting."
    case ("manager", "device"): step(of: event["device"] ?? "?", to: event["to"] ?? "?", serial: event["serial"])
    case ("manager", "trouble"):
      "     \(event["device"] ?? "?") does not go on: \(event["detail"] ?? event["problem"] ?? "?")"
    default: nil
    }
  }

  private func step(of device: String, to state: String, serial: String?) -> String? {
    switch state {
    case "pending": "  2  \(device) registers; nobody knows it: it waits for an administrator."
    case "approved": "  2  \(device) may have a certificate."
    case "csr-requested": "  3  The manager calls \(device) for its certification request; the device makes its key …"
    case "ordered": "  4  \(device)'s request is good; the manager signs over it and orders from the CA …"
    case "delivered": "  5  \(device) checked its certificate \(short(serial)) up to the anchor and stored it."
    case "active": "  5  \(device) reported it, signed by its new key: certificate \(short(serial)) is ACTIVE."
    default: nil
    }
  }

  private func short(_ serial: String?) -> String { serial ?? "(unknown)" }
}
