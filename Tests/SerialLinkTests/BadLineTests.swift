import Foundation
import Testing

@Suite("qemu/line.py")
struct BadLineTests {
  @Test("The bad line that the end-to-end tests stand on passes its own tests")
  func selfTest() throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    let script = VectorFile.root.appending(path: "qemu/line.py").path(percentEncoded: false)
    process.arguments = ["python3", script, "--self-test"]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }
}
