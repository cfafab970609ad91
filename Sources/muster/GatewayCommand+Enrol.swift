import ArgumentParser
import Foundation
import Gateway
import Manager
import PKI
import SwiftASN1

extension GatewayCommand {
  /// `muster gateway enrol`: makes the gateway's key, and has the manager order its certificate.
  struct Enrol: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a key and get the gateway its certificate, through the manager.",
      discussion: """
        Writes gateway.key (mode 0600), gateway.pem and ca.pem to --dir. Run again, it keeps the key and fetches the \
        certificate anew. \(managerExitStatuses)
        """)

    @Argument(help: "The gateway's name: 1 to 63 of a-z, 0-9 and -. Devices are called LINE.NAME.")
    var name: String

    @Option(help: "Where the gateway's files go; made when it is missing.")
    var dir: String

    @Flag(help: "Take the place of the gateway that has the name already, and shut it out.")
    var replace = false

    @OptionGroup var options: ManagerOptions

    @Flag(help: "Print JSON.")
    var json = false

    mutating func validate() throws {
      guard LineName(name) != nil else {
        throw ValidationError("'\(name)' cannot name a gateway: use 1 to 63 of a-z, 0-9 and -, with no - at an end.")
      }
    }

    func run() async throws {
      try await explainingFailure {
        try await reportingFailure {
          let request = try makeRequest()
          let credentials: GatewayCredentials = try await options.withClient {
            try await $0.post("gateways", GatewayEnrolment(name: name, request: request, replace: replace))
          }
          let identity = try write(credentials)
          GatewayCommand.print(
            json ? try Report(identity, dir: dir).json() : "Gateway \(name) is enrolled; its files are in \(dir).")
        }
      }
    }

    // The key is made once: asked again with the same key, the manager finds the same order.
    private func makeRequest() throws -> String {
      try onDisk {
        try FileManager.default.createDirectory(
          atPath: dir, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let key = try KeyFile.readOrCreate(path(GatewayIdentity.keyFile))
        let request = try CertificationRequest(subject: Subject(commonName: name), key: key)
        return PEMDocument(type: "CERTIFICATE REQUEST", derBytes: request.derBytes).pemString
      }
    }

    // The certificate last: a gateway with one has everything it needs.
    private func write(_ credentials: GatewayCredentials) throws -> GatewayIdentity {
      try onDisk {
        try DurableFile.replace(path(GatewayIdentity.anchorFile), bytes: Array(credentials.anchor.utf8))
        try DurableFile.replace(
          path(GatewayIdentity.certificateFile), bytes: Array((credentials.certificate + credentials.chain).utf8))
      }
      return try GatewayIdentity(directory: dir)  // what was written is what `run` will take
    }

    private func path(_ file: String) -> String { "\(dir)/\(file)" }

    private func onDisk<Value>(_ body: () throws -> Value) throws -> Value {
      do {
        return try body()
      } catch let error as PKIError {
        throw GatewayError(.cannotWrite, error.reason, advice: "Give --dir a directory of the gateway's own user.")
      } catch let error as CocoaError {
        throw GatewayError(
          .cannotWrite, "\(dir) cannot be used: \(error.localizedDescription)", advice: "Give --dir another place.")
      }
    }
  }
}

extension GatewayCommand.Enrol {
  /// What `--json` prints; the names are stable.
  struct Report: Encodable {
    let gateway: String
    let dir: String
    let notAfter: Date

    init(_ identity: GatewayIdentity, dir: String) {
      gateway = identity.name
      self.dir = dir
      notAfter = identity.notAfter
    }

    func json() throws -> String {
      let encoder = JSONEncoder()
      encoder.dateEncodingStrategy = .iso8601
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
  }
}
