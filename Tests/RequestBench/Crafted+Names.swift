extension Crafted {
  /// Subjects that no profile has, or that could be taken for another.
  static func subjects() throws -> [Crafted] {
    let invalid = "subject-invalid"
    func crafted(_ defect: String, _ value: [UInt8], as tag: UInt8 = 0x0C) throws -> Crafted {
      try Crafted(defect, invalid) {
        let name = tlv(0x30, RequestParts.commonName + tlv(tag, value))
        $0.subject = RequestParts.subject(RequestParts.attribute(RequestParts.serialNumber, 0x13, "SN-1"), name)
      }
    }
    let serial = RequestParts.attribute(RequestParts.serialNumber, 0x13, "SN-1")
    let common = RequestParts.attribute(RequestParts.commonName, 0x0C, "SN-1")
    let country: [UInt8] = [0x06, 0x03, 0x55, 0x04, 0x06]
    return try [
      Crafted("an empty subject", "subject-not-of-profile") { $0.subject = [0x30, 0x00] },
      Crafted("an empty subject and no names", "subject-not-of-profile") {
        ($0.subject, $0.attributes) = ([0x30, 0x00], [0xA0, 0x00])
      },
      Crafted("no serialNumber", "subject-not-of-profile") { $0.subject = RequestParts.subject(common) },
      Crafted("a country", invalid) {
        $0.subject = RequestParts.subject(serial, common, RequestParts.attribute(country, 0x13, "NO"))
      },
      Crafted("CN twice", invalid) { $0.subject = RequestParts.subject(serial, common, common) },
      Crafted("two attributes in one", invalid) { $0.subject = RequestParts.subject(common + serial) },
      Crafted("a part without attributes", invalid) { $0.subject = RequestParts.subject(serial, common, []) },
      crafted("NUL in CN", Array("SN-1\0.evil.test".utf8)),
      crafted("a line break in CN", Array("SN-1\nfine".utf8)),
      crafted("an override of direction in CN", Array("SN-1\u{202E}1-NS".utf8)),
      crafted("an empty CN", []),
      crafted("a CN of 65 characters", Array(repeating: 0x61, count: 65)),
      crafted("UTF-8 that is none in CN", [0x53, 0xC0, 0x80]),
      crafted("a TeletexString", Array("SN-1".utf8), as: 0x14),
      crafted("a BMPString", [0x00, 0x53, 0x00, 0x4E], as: 0x1E),
      crafted("a PrintableString that is none", Array("SN_1@*".utf8), as: 0x13),
      crafted("an INTEGER as CN", [0x01], as: 0x02),
    ]
  }

  /// Alternative names that are no host names and no addresses.
  static func names() throws -> [Crafted] {
    let invalid = "alternative-name-invalid"
    func crafted(_ defect: String, _ names: [UInt8]...) throws -> Crafted {
      try Crafted(defect, invalid) {
        $0.attributes = RequestParts.attributes(
          RequestParts.extensionRequest(
            RequestParts.extension(RequestParts.alternativeNames, tlv(0x30, names.flatMap { $0 }))))
      }
    }
    func dns(_ defect: String, _ name: String) throws -> Crafted { try crafted(defect, tlv(0x82, Array(name.utf8))) }
    let directory = tlv(0xA4, RequestParts.subject(RequestParts.attribute(RequestParts.commonName, 0x0C, "x")))
    let label = String(repeating: "a", count: 63)
    return try [
      crafted("subjectAltName without a name"),
      dns("NUL in a DNS name", "sn-1.plant.test\0.evil.test"),
      dns("a wildcard", "*.plant.test"),
      dns("a wildcard in the middle", "a.*.plant.test"),
      dns("a wildcard for all", "*"),
      dns("an IPv4 address as DNS name", "192.0.2.1"),
      dns("an IPv6 address as DNS name", "2001:db8::1"),
      dns("a number as DNS name", "3221225985"),
      dns("a hexadecimal number as last label", "plant.0x7f"),
      dns("an empty DNS name", ""),
      dns("an empty label", "a..plant.test"),
      dns("a dot in front", ".plant.test"),
      dns("a dot behind", "plant.test."),
      dns("upper case", "SN-1.plant.test"),
      dns("an underscore", "sn_1.plant.test"),
      dns("a hyphen in front", "-sn.plant.test"),
      dns("a space", "sn 1.plant.test"),
      dns("an e-mail address as DNS name", "sn-1@plant.test"),
      dns("a URL as DNS name", "https://plant.test"),
      dns("letters beyond ASCII", "schlüssel.plant.test"),
      dns("a label of 64 bytes", "a" + label + ".test"),
      dns("a name of 255 bytes", [label, label, label, label].joined(separator: ".")),
      crafted("bytes that are no IA5String", tlv(0x82, [0x61, 0xFF, 0x2E, 0x74])),
      crafted("an address of 5 bytes", tlv(0x87, [192, 0, 2, 1, 1])),
      crafted("an address with its mask", tlv(0x87, [192, 0, 2, 0, 255, 255, 255, 0])),
      crafted("an address of no bytes", tlv(0x87, [])),
      crafted("a mail address", tlv(0x81, Array("a@plant.test".utf8))),
      crafted("a URI", tlv(0x86, Array("https://plant.test/".utf8))),
      crafted("a directory name", directory),
      crafted("a registered identifier", tlv(0x88, [0x2A, 0x03])),
      crafted("another kind of name", tlv(0xA0, [0x06, 0x02, 0x2A, 0x03] + tlv(0xA0, tlv(0x0C, [0x61])))),
      crafted("a kind of name that there is not", tlv(0x89, [0x61])),
      crafted("nine names", (0..<9).flatMap { tlv(0x82, Array("a\($0).plant.test".utf8)) }),
    ]
  }
}
