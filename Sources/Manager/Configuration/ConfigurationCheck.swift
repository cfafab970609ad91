import Durability
import Edge
public import Foundation
import NIOCore
import NIOPosix
import PKI
import X509

/// What a manager would find at its start, without starting it: nothing is made, changed or sent.
public struct ConfigurationCheck: Sendable, Encodable {
  /// What was looked at, and how it is.
  public struct Finding: Sendable, Encodable {
    /// The part: `configuration`, `keys`, `anchor`, `session keys`, `trust descriptor`, `sub-CA`, or a listener.
    public let part: String
    /// Whether a manager could start with it.
    public let isGood: Bool
    /// What it is, or what is wrong with it.
    public let detail: String
    /// What to try; nil when nothing is wrong.
    public let remedy: String?

    enum CodingKeys: String, CodingKey {
      case part, detail, remedy
      case isGood = "good"
    }
  }

  /// In the order of a start.
  public private(set) var findings: [Finding] = []

  /// Whether a manager could start.
  public var isGood: Bool { findings.allSatisfy(\.isGood) }

  /// Looks at everything, also behind the first thing that is wrong.
  ///
  /// - Parameters:
  ///   - folder: the manager's.
  ///   - environment: the process's environment.
  ///   - now: the time that certificates are looked at.
  public init(folder: ManagerFolder, environment: [String: String], now: Date = Date()) async {
    var loaded: ManagerConfiguration?
    await look("configuration") {
      loaded = try await ManagerConfiguration.load(folder: folder, environment: environment)
      return "\(folder.configuration), network \(loaded?.network ?? "-")"
    }
    guard let configuration = loaded else { return }
    await look("keys") {
      try folder.checkKeys()
      return "each readable by its owner alone"
    }
    var anchors: [Certificate] = []
    await look("anchor") {
      anchors = try Certificate.readPEM(configuration.authorityAnchor)
      return try Self.anchor(anchors, configuration.authorityAnchor, now)
    }
    await look("session keys") { try Self.sessionKeys(configuration) }
    if !configuration.profileFiles.isEmpty {
      await look("profiles") {
        let profiles = try EnrolmentProfiles(files: configuration.profileFiles, connector: configuration.connector)
        return profiles.named.keys.sorted().joined(separator: ", ")
      }
    }
    if configuration.connector == .local {
      await look("sub-CA") {
        let authority = try SubAuthority(configuration, anchors: anchors, now: now)
        return "\(authority.certificate.subject), until \(authority.certificate.notValidAfter.formatted(.iso8601))"
      }
    }
    await listeners(configuration)
  }

  private mutating func look(_ part: String, _ body: () async throws -> String) async {
    do {
      findings.append(Finding(part: part, isGood: true, detail: try await body(), remedy: nil))
    } catch {
      let error = (error as? PKIError).map { ManagerError($0) } ?? error as? ManagerError
      findings.append(
        Finding(part: part, isGood: false, detail: error?.reason ?? "It cannot be read.", remedy: error?.remedy))
    }
  }

  private static func anchor(_ anchors: [Certificate], _ file: String, _ now: Date) throws -> String {
    guard let end = anchors.map(\.notValidAfter).max() else {
      throw ManagerError(.configuration, "\(file) holds no certificate.", remedy: "Put the CA's anchor there.")
    }
    guard end > now else {
      throw ManagerError(
        .configuration, "\(file) ended on \(end.formatted(.iso8601)).", remedy: "Get the CA's present anchor.")
    }
    return "\(file), until \(end.formatted(.iso8601))"
  }

  /// Keys that are not there yet are made by the first start, and no descriptor can name them.
  private static func sessionKeys(_ configuration: ManagerConfiguration) throws -> String {
    let folder = configuration.folder
    guard FileManager.default.fileExists(atPath: folder.sessionKey) else {
      guard let descriptor = configuration.trustDescriptor else { return "made at the first start" }
      throw ManagerError(
        .configuration, "There is no \(folder.sessionKey) that \(descriptor) could name.",
        remedy: "Run 'muster manager keys' and have the printed key signed into the descriptor.")
    }
    let hasNext = FileManager.default.fileExists(atPath: folder.nextSessionKey)
    let keys = try ManagerKeys(
      current: KeyFile.readOrCreateAgreementKey(folder.sessionKey),
      next: hasNext ? KeyFile.readOrCreateAgreementKey(folder.nextSessionKey) : nil)
    guard let descriptor = configuration.trustDescriptor else { return "\(folder.sessionKey), no trust descriptor" }
    _ = try TrustDescriptorFile(path: descriptor, network: configuration.network, keys: keys)
    return "\(folder.sessionKey), named by \(descriptor)"
  }

  /// All sockets are open together for a moment, so that two listeners on one address are found too.
  private mutating func listeners(_ configuration: ManagerConfiguration) async {
    let occupancy = Occupancy(configuration.folder)
    var sockets: [any Channel] = []
    for (part, address, key) in [
      ("admin listener", configuration.admin, "admin.listen"),
      ("gateway listener", configuration.gateways, "gateways.listen"),
      ("EST listener", configuration.est, "est.listen"),
      ("operations listener", configuration.operations, "operations.listen"),
    ] {
      guard let address else { continue }
      await look(part) {
        guard !occupancy.isTaken else { return "\(address); not tried, since a manager is running on this folder" }
        do {
          sockets.append(
            try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
              .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
              .bind(host: address.host, port: address.port).get())
        } catch {
          throw ManagerError.cannotListen(for: "the \(part)", on: address, flag: "'\(key)'", error)
        }
        return "\(address)"
      }
    }
    for socket in sockets { try? await socket.close() }
    withExtendedLifetime(occupancy) {}
  }

  /// Whether a manager is running on a folder; if not, none begins while this lives. A folder where none ever ran has no lock, and
  /// gets none.
  private struct Occupancy {
    private var lock: FileLock?
    private(set) var isTaken = false

    init(_ folder: ManagerFolder) {
      guard FileManager.default.fileExists(atPath: folder.lockFile) else { return }
      do {
        lock = try folder.lock()
      } catch {
        isTaken = error.code == .conflict
      }
    }
  }
}
