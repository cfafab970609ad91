extension Crafted {
  private static func extended(_ defect: String, _ reason: String, _ extensions: [UInt8]...) throws -> Crafted {
    try Crafted(defect, reason) {
      $0.attributes = RequestParts.attributes(RequestParts.extensionRequest(extensions.flatMap { $0 }))
    }
  }

  /// Extensions that a device may not ask for, and such as are none.
  static func extensions() throws -> [Crafted] {
    let (critical, unknown): ([UInt8], [UInt8]) = ([0x01, 0x01, 0xFF], [0x06, 0x03, 0x2A, 0x03, 0x04])
    let (malformed, refused) = ("request-malformed", "extension-not-allowed")
    let name = RequestParts.names([0x82] + short("sn-1.plant.test"))
    let constraints: [UInt8] = [0x06, 0x03, 0x55, 0x1D, 0x13]
    func known(_ number: UInt8, _ value: [UInt8]) -> [UInt8] {
      RequestParts.extension([0x06, 0x03, 0x55, 0x1D, number], critical: critical, value)
    }
    return try [
      extended(
        "an unknown critical extension", refused, RequestParts.extension(unknown, critical: critical, [0x05, 0x00])),
      extended("an unknown extension", refused, RequestParts.extension(unknown, [0x05, 0x00])),
      extended("CA:TRUE", "authority-requested", known(0x13, [0x30, 0x03, 0x01, 0x01, 0xFF])),
      extended("CA:TRUE written as 1", "authority-requested", known(0x13, [0x30, 0x03, 0x01, 0x01, 0x01])),
      extended(
        "CA:TRUE with a path length", "authority-requested",
        known(0x13, [0x30, 0x06, 0x01, 0x01, 0xFF, 0x02, 0x01, 0x00])),
      extended("CA:TRUE beside good names", "authority-requested", name, known(0x13, [0x30, 0x03, 0x01, 0x01, 0xFF])),
      extended(
        "basicConstraints twice", malformed, RequestParts.extension(constraints, [0x30, 0x00]),
        RequestParts.extension(constraints, [0x30, 0x03, 0x01, 0x01, 0xFF])),
      extended("subjectAltName twice", malformed, name, name),
      extended("name constraints", refused, known(0x1E, tlv(0x30, tlv(0xA0, tlv(0x30, [0x82, 0x00]))))),
      extended("policy constraints", refused, known(0x24, [0x30, 0x03, 0x80, 0x01, 0x00])),
      extended("policy mappings", refused, known(0x21, [0x30, 0x00])),
      extended("certificate policies", refused, known(0x20, tlv(0x30, tlv(0x30, [0x06, 0x02, 0x2A, 0x03])))),
      extended("pointers to CRLs", refused, known(0x1F, [0x30, 0x00])),
      extended("an authority key identifier", refused, known(0x23, [0x30, 0x00])),
      extended("issuer names", refused, known(0x12, tlv(0x30, [0x82] + short("a.test")))),
      extended(
        "critical written as 1", malformed,
        RequestParts.extension(
          RequestParts.alternativeNames, critical: [0x01, 0x01, 0x01], tlv(0x30, [0x82] + short("a.test")))),
      extended(
        "critical written though FALSE", malformed,
        RequestParts.extension(
          RequestParts.alternativeNames, critical: [0x01, 0x01, 0x00], tlv(0x30, [0x82] + short("a.test")))),
      extended("an extension without a value", malformed, tlv(0x30, unknown)),
      extended("no extensions", malformed),
      extended(
        "something behind the names", "alternative-name-invalid",
        RequestParts.extension(RequestParts.alternativeNames, tlv(0x30, [0x82] + short("a.test")) + [0x05, 0x00])),
      extended(
        "names of indefinite length", "alternative-name-invalid",
        RequestParts.extension(RequestParts.alternativeNames, [0x30, 0x80, 0x82] + short("a.test") + [0x00, 0x00])),
    ]
  }

  /// Attributes other than one extensionRequest, and object identifiers that are none or huge.
  static func attributes() throws -> [Crafted] {
    let malformed = "request-malformed"
    let challenge: [UInt8] = [0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x07]
    let request = RequestParts.extensionRequest(RequestParts.names([0x82] + short("sn-1.plant.test")))
    let type: [UInt8] = [0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x0E]
    let names = tlv(0x30, RequestParts.names([0x82] + short("sn-1.plant.test")))
    func with(_ defect: String, _ reason: String, _ attributes: [UInt8]...) throws -> Crafted {
      try Crafted(defect, reason) { $0.attributes = RequestParts.attributes(attributes.flatMap { $0 }) }
    }
    func identified(_ defect: String, _ identifier: [UInt8]) throws -> Crafted {
      try extended(defect, malformed, RequestParts.extension(identifier, [0x05, 0x00]))
    }
    return try [
      with("a challengePassword", "challenge-password", tlv(0x30, challenge + tlv(0x31, tlv(0x0C, [0x61])))),
      with(
        "an unknown attribute", "attribute-not-allowed", tlv(0x30, [0x06, 0x02, 0x2A, 0x03, 0x31, 0x02, 0x05, 0x00])),
      with("extensionRequest twice", "attribute-not-allowed", request, request),
      with("extensionRequest without a value", malformed, tlv(0x30, type + [0x31, 0x00])),
      with("extensionRequest with two values", malformed, tlv(0x30, type + tlv(0x31, names + names))),
      identified(
        "an object identifier of 200 bytes' arcs", tlv(0x06, [0x2A] + Array(repeating: 0xFF, count: 199) + [0x7F])),
      identified("an arc that begins with a zero", tlv(0x06, [0x2A, 0x80, 0x01])),
      identified("an arc that does not end", tlv(0x06, [0x2A, 0x83])),
      identified("an empty object identifier", [0x06, 0x00]),
      Crafted("a huge object identifier in the subject", malformed) {
        let identifier = tlv(0x06, [0x55] + Array(repeating: 0xFF, count: 40) + [0x7F])
        $0.subject = RequestParts.subject(RequestParts.attribute(identifier, 0x0C, "SN-1"))
      },
    ]
  }
}
