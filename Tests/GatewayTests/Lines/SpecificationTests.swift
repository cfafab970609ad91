import Testing

@testable import Gateway

@Suite("Lines, named and specified")
struct SpecificationTests {
  @Test(
    "A specification is read and written the same",
    arguments: [
      ("/dev/ttyACM0", LineSpecification.terminal(path: "/dev/ttyACM0", baud: 115_200)),
      ("/dev/ttyUSB0:57600", .terminal(path: "/dev/ttyUSB0", baud: 57_600)),
      ("/dev/pts/7", .terminal(path: "/dev/pts/7", baud: 115_200)),
      (
        "/dev/serial/by-path/pci-0000:00:14.0-usb-0:1:1.0-port0",
        .terminal(path: "/dev/serial/by-path/pci-0000:00:14.0-usb-0:1:1.0-port0", baud: 115_200)
      ),
      ("unix:/run/board.sock", .unixSocket(path: "/run/board.sock")), ("unix:rel.sock", .unixSocket(path: "rel.sock")),
    ])
  func specifications(text: String, specification: LineSpecification) throws {
    #expect(try LineSpecification(parsing: text) == specification)
    #expect(specification.description == text)
  }

  @Test(
    "What can be no line is refused in words",
    arguments: ["", "ttyACM0", "unix:", "/dev/ttyACM0:12345", "unix:/" + String(repeating: "x", count: 200)])
  func refusals(text: String) {
    #expect(throws: GatewayError(.badConfiguration, "", advice: "")) { try LineSpecification(parsing: text) }
  }

  @Test("A name is one label in lower case", arguments: ["a", "press-3", "0", String(repeating: "z", count: 63)])
  func names(text: String) {
    #expect(LineName(text)?.rawValue == text)
  }

  @Test(
    "No other name is taken: it stands in host names and in a file's name",
    arguments: ["", "-a", "a-", "A", "a.b", "../x", "a b", "ä", String(repeating: "z", count: 64)])
  func badNames(text: String) {
    #expect(LineName(text) == nil)
    #expect(throws: GatewayError(.badConfiguration, "", advice: "")) { try NamedLine(parsing: "\(text)=/dev/ttyS0") }
  }

  @Test("A named line keeps what comes after the first equals sign")
  func namedLine() throws {
    let line = try NamedLine(parsing: "a=unix:/tmp/x=y")
    #expect(line.specification == .unixSocket(path: "/tmp/x=y"))
    #expect(line.description == "a=unix:/tmp/x=y")
    #expect(throws: GatewayError(.badConfiguration, "", advice: "")) { try NamedLine(parsing: "/dev/ttyS0") }
  }

  @Test(
    "A manager's address has a host and a port",
    arguments: [
      ("manager.example:7000", "manager.example", 7_000), ("127.0.0.1", "127.0.0.1", 5_684), ("[::1]:99", "::1", 99),
      ("[::1]", "::1", 5_684),
    ])
  func addresses(text: String, host: String, port: Int) throws {
    let address = try ManagerAddress(parsing: text)
    #expect(address.host == host)
    #expect(address.port == port)
    #expect(try ManagerAddress(parsing: address.description) == address)
  }

  @Test("What is no address is refused", arguments: ["", ":1", "h:", "h:x", "h:0", "h:65536", "[::1]x"])
  func badAddresses(text: String) {
    #expect(throws: GatewayError(.badConfiguration, "", advice: "")) { try ManagerAddress(parsing: text) }
  }

  @Test("Only a name is asked for by name in TLS")
  func serverNames() {
    #expect(ManagerAddress(host: "manager.example", port: 1).serverName == "manager.example")
    #expect(ManagerAddress(host: "127.0.0.1", port: 1).serverName == nil)
    #expect(ManagerAddress(host: "::1", port: 1).serverName == nil)
  }
}
