import Edge
import Testing

@Suite("Host and port as people write them")
struct HostPortTests {
  @Test(
    "A name, a numeric address, and IPv6 in brackets, each with a port, are read and written the same",
    arguments: [
      ("manager.example:7000", "manager.example", 7000), ("127.0.0.1:0", "127.0.0.1", 0),
      ("[::1]:65535", "::1", 65_535),
      ("[fe80::1%eth0]:5684", "fe80::1%eth0", 5684),
    ])
  func read(text: String, host: String, port: Int) throws {
    #expect(HostPort(text) == HostPort(host: host, port: port))
    #expect(HostPort(host: host, port: port).description == text)
  }

  @Test("A host alone stands for the usual port, where there is one", arguments: ["manager.example", "[::1]"])
  func usualPort(text: String) {
    #expect(HostPort(text) == nil)
    #expect(HostPort(text, usualPort: 5684)?.port == 5684)
  }

  @Test(
    "What leaves open where the host ends, or is a number only to some readers, is refused",
    arguments: [
      "", ":1", "h:", "h:x", "h:+1", "h:-1", "h:65536", "h:000001", "h: 1", "::1", "::1:8443", "[::1]x", "[::1", "[]:1",
      "[h]:1", "[[::1]]:1", "h:1:2", "h:1/", "https://h:1", "a b:1", "u@h:1", "h\n:1", "h:１",
    ])
  func refused(text: String) {
    #expect(HostPort(text, usualPort: 1) == nil)
  }
}
