import Foundation
import Testing

/// The gateway cannot read what it carries: no code that could is within its reach (docs/architecture.md).
@Suite("The gateway's place among the modules")
struct ModuleGraphTests {
  private static let ours = Set([
    "SerialLink", "CoAP", "COSE", "OSCORE", "Trust", "Whitelist", "DeviceKit", "DeviceCrypto", "CMbedTLS", "CoAPStream",
    "Durability", "Edge", "PKI", "COpenSSL", "Gateway", "Manager", "MockCA", "Agent", "Demo", "muster",
  ])
  private static let allowed = Set(["SerialLink", "CoAP", "CoAPStream", "Edge"])

  private static var root: URL {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  }

  @Test("No file of Sources/Gateway imports more of ours than the link, CoAP and what is at the edge of every process")
  func imports() throws {
    let folder = Self.root.appendingPathComponent("Sources/Gateway")
    let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
      .compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }
    #expect(files.count > 10)
    for file in files {
      for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
        guard let module = Self.importedModule(line) else { continue }
        #expect(!Self.ours.contains(module) || Self.allowed.contains(module), "\(file.lastPathComponent): \(line)")
      }
    }
  }

  @Test("The target depends on no more of ours either")
  func dependencies() throws {
    let manifest = try String(contentsOf: Self.root.appendingPathComponent("Package.swift"), encoding: .utf8)
    let start = try #require(manifest.range(of: ".target(\n      name: \"Gateway\",")).upperBound
    let end = try #require(manifest.range(of: "swiftSettings", range: start..<manifest.endIndex)).lowerBound
    let words = manifest[start..<end].split { !$0.isLetter }.map(String.init)
    #expect(Set(words).intersection(Self.ours) == Self.allowed)
  }

  @Test("Nothing it depends on brings such a module along, and a manifest where something does is noticed")
  func reach() throws {
    let manifest = try String(contentsOf: Self.root.appendingPathComponent("Package.swift"), encoding: .utf8)
    #expect(Self.reach(of: "Gateway", in: manifest) == ["CoAP", "CoAPStream", "Edge", "SerialLink"])
    #expect(Self.reach(of: "Manager", in: manifest).isSuperset(of: ["COSE", "OSCORE", "PKI", "Trust"]))
    let original = "name: \"CoAPStream\",\n      dependencies: [\"CoAP\","
    try #require(manifest.contains(original))
    let broken = manifest.replacing(original, with: original + " \"OSCORE\",")
    #expect(Self.reach(of: "Gateway", in: broken) == ["CoAP", "CoAPStream", "COSE", "Edge", "OSCORE", "SerialLink"])
  }

  /// All targets of ours that a target depends on, by whatever way.
  private static func reach(of target: String, in manifest: String) -> Set<String> {
    var direct: [String: Set<String>] = [:]
    for block in manifest.split(separator: /\.(executableTarget|testTarget|target|systemLibrary)\(/) {
      guard let name = block.firstMatch(of: /name: "(\w+)"/)?.1, let list = block.firstRange(of: "dependencies:")
      else { continue }
      let own = block[list.upperBound...].replacing(/\.product\([^)]*\)/, with: "")
      direct[String(name)] = Set(own.matches(of: /"(\w+)"/).map { String($0.1) }).intersection(ours)
    }
    var found: Set<String> = []
    var next = direct[target] ?? []
    while let one = next.popFirst() {
      guard found.insert(one).inserted else { continue }
      next.formUnion(direct[one] ?? [])
    }
    return found
  }

  private static func importedModule(_ line: Substring) -> String? {
    let words = line.split { $0 == " " || $0 == "." }.map(String.init)
    guard let keyword = words.firstIndex(of: "import"),
      words[..<keyword].allSatisfy({ $0.hasPrefix("@") || $0 == "public" })
    else { return nil }
    let kinds: Set = ["struct", "class", "enum", "protocol", "func", "typealias", "let", "var"]
    return words[(keyword + 1)...].first { !kinds.contains($0) }
  }
}
