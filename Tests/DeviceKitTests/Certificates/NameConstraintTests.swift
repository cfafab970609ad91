import CoAP
import Crypto
import DeviceKit
import Testing

/// What an authority may say of the names below it, and what becomes of the device's own.
@Suite("Name constraints on the device")
struct NameConstraintTests {
  private static let ownName = "bench-0001.d.example"
  private static func dns(_ text: String) -> [UInt8] { der(0x82, Array(text.utf8)) }
  private static let everyAddress = der(0x87, [UInt8](repeating: 0, count: 8))

  /// nameConstraints of these permitted and excluded bases.
  private static func constraints(_ permitted: [[UInt8]], _ excluded: [[UInt8]] = []) -> [UInt8] {
    func list(_ tag: UInt8, _ bases: [[UInt8]]) -> [UInt8] {
      bases.isEmpty ? [] : der(tag, bases.flatMap { der(0x30, $0) })
    }
    return der(0x30, list(0xA0, permitted), list(0xA1, excluded))
  }

  /// Delivers a certificate with these alternative names under an authority that says this of names.
  ///
  /// - Returns: why the device refused it; nil for taking it.
  private func refusal(
    _ constraints: [UInt8], _ names: [[UInt8]]? = [dns(ownName)], isCritical: Bool = true
  ) throws -> CertificateRefusal? {
    let bench = Bench()
    try bench.restart()
    let network = TestNetwork()
    #expect(bench.provision(network)?.code == .changed)
    #expect(bench.requestCSR(network)?.code == .changed)
    let key = try #require(bench.identityKey).publicKey
    var authority = CertificateForge(
      authority: "Test issuing", key: network.issuingKey.publicKey, issuer: name([OID.commonName: "Test root"]),
      pathLength: 0)
    authority.extensions.append(
      isCritical
        ? CertificateForge.criticalExtension(OID.nameConstraints, constraints)
        : der(0x30, OID.nameConstraints, der(0x04, constraints)))
    let leaf = network.leaf(Bench.serialNumber, key) { forge in
      if let names {
        forge.extensions.append(der(0x30, OID.subjectAlternativeName, der(0x04, der(0x30, names.flatMap { $0 }))))
      }
    }
    let answer = try #require(bench.deliver([leaf, authority.certificate(by: network.anchorKey)]))
    guard answer.code != .changed else { return nil }
    #expect(bench.state == .keyMade)
    return Bench.refusal(answer)
  }

  @Test(
    "A name that is the domain or under it is taken, whether the constraint is critical or not",
    arguments: ["d.example", "example", ownName], [true, false])
  func inside(domain: String, isCritical: Bool) throws {
    #expect(try refusal(Self.constraints([Self.dns(domain)]), isCritical: isCritical) == nil)
  }

  @Test("What our CA says besides, of URIs and IP addresses, binds no device")
  func others() throws {
    let uri = der(0x86, Array(".d.example".utf8))
    let sixteen = der(0x87, [UInt8](repeating: 0, count: 32))
    let said = Self.constraints([Self.dns("d.example"), uri], [Self.everyAddress, sixteen])
    #expect(try refusal(said) == nil)
    #expect(try refusal(Self.constraints([uri, Self.dns("d.example")], [Self.everyAddress])) == nil)
  }

  @Test(
    "A name beside the domain is refused",
    arguments: ["e.example", "ench-0001.d.example", "x.bench-0001.d.example", ".d.example", "D.EXAMPLE", "d.exampl"])
  func outside(domain: String) throws {
    #expect(try refusal(Self.constraints([Self.dns(domain)]), isCritical: true) == .nameOutsideDomain)
    #expect(try refusal(Self.constraints([Self.dns(domain)]), isCritical: false) == .nameOutsideDomain)
  }

  @Test("Under a constraint the device's only name is a DNS name: no name, two, or one of another kind is refused")
  func names() throws {
    let said = Self.constraints([Self.dns("d.example")])
    for names in [nil, [Self.dns(Self.ownName), Self.dns(Self.ownName)], [der(0x87, [192, 0, 2, 1])]] as [[[UInt8]]?] {
      #expect(try refusal(said, names) == .nameOutsideDomain)
    }
    #expect(try refusal(said, []) == .extensionSyntax)
  }

  @Test("What else a constraint can say is a critical extension the device does not know")
  func unknown() throws {
    for said in [
      Self.constraints([Self.dns("d.example"), Self.dns("e.example")]),
      Self.constraints([Self.dns("d.example")], [Self.dns("x.d.example")]),
      Self.constraints([], [Self.everyAddress]),
      Self.constraints([der(0x81, Array("d.example".utf8))]),
      Self.constraints([Self.dns("")]),
      Self.constraints([[]]),
      Self.constraints([Self.dns("d.example")], [der(0xA4, name([OID.commonName: "x"]))]),
    ] { #expect(try refusal(said) == .criticalExtension) }
  }

  @Test("A misbuilt constraint is refused, cut off anywhere")
  func misbuilt() throws {
    let good = Self.constraints([Self.dns("d.example")], [Self.everyAddress])
    for said in [
      der(0x30), der(0x30, der(0xA0)), der(0x31, good), good + [0],
      der(0x30, der(0xA2, der(0x30, Self.dns("d.example")))),
      der(0x30, der(0xA0, der(0x30, Self.dns("d.example"), der(0x80, [0])))),
    ] { #expect(try refusal(said) == .extensionSyntax, "\(said)") }
    for count in 0..<good.count { #expect(try refusal(Array(good.prefix(count))) != nil, "\(count)") }
  }
}
